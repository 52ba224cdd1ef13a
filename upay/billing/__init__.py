"""Billing: cycles, bills and their lines, what is adjusted, explained and proved. What other folders may ask of it."""
from upay.billing.cycle import Asked, run_cycle
from upay.billing.models import (
    Basis,
    Bill,
    BillException,
    BillingRun,
    BillLine,
    BillPart,
    BillReversal,
    ExceptionState,
    Kind,
    RegisterQuality,
)
from upay.billing.numbers import id_of, number_of
from upay.billing.records import WholeBill, bill_numbered, bills_of, current_bills, previous_bill, whole
from upay.billing.rules import Rules, Schedule, cycle_of, next_cycle, schedule
from upay.billing.selfreadings import SELF_READING, NoSelfReadings, SelfReadings

__all__ = [
    "SELF_READING",
    "Asked",
    "Basis",
    "Bill",
    "BillException",
    "BillLine",
    "BillPart",
    "BillReversal",
    "BillingRun",
    "ExceptionState",
    "Kind",
    "NoSelfReadings",
    "RegisterQuality",
    "Rules",
    "Schedule",
    "SelfReadings",
    "WholeBill",
    "bill_numbered",
    "bills_of",
    "current_bills",
    "cycle_of",
    "id_of",
    "next_cycle",
    "number_of",
    "previous_bill",
    "run_cycle",
    "schedule",
    "whole",
]
