"""Billing: cycles, bills and their lines, what is adjusted, explained and proved. What other folders may ask of it."""
from upay.billing import settle
from upay.billing.behind import Behind, behind
from upay.billing.bridge import Bridge, Step, bridge
from upay.billing.cycle import Asked, run_cycle
from upay.billing.due import bill_due
from upay.billing.explain import Explained, ExplainedLine, ReadsBehind, explained, register_code
from upay.billing.genuine import Genuine, genuine
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
from upay.billing.printed import bill_file
from upay.billing.records import WholeBill, bill_among, bill_numbered, bills_of, current_bills, previous_bill, whole
from upay.billing.replay import Replayed, replay
from upay.billing.rules import Rules, Schedule, cycle_of, next_cycle, schedule
from upay.billing.running import costs_of
from upay.billing.selfreadings import SELF_READING, NoSelfReadings, SelfReadings
from upay.billing.sheet import Month, Sheet, SheetLine, SheetPart, remarks, sheet
from upay.billing.whatif import WhatIf, last_cycle, what_if

__all__ = [
    "SELF_READING",
    "Asked",
    "Basis",
    "Behind",
    "Bill",
    "BillException",
    "BillLine",
    "BillPart",
    "BillReversal",
    "BillingRun",
    "Bridge",
    "ExceptionState",
    "Explained",
    "ExplainedLine",
    "Genuine",
    "Kind",
    "Month",
    "NoSelfReadings",
    "ReadsBehind",
    "RegisterQuality",
    "Replayed",
    "Rules",
    "Schedule",
    "SelfReadings",
    "Sheet",
    "SheetLine",
    "SheetPart",
    "Step",
    "WhatIf",
    "WholeBill",
    "behind",
    "bill_among",
    "bill_due",
    "bill_file",
    "bill_numbered",
    "bills_of",
    "bridge",
    "costs_of",
    "current_bills",
    "cycle_of",
    "explained",
    "genuine",
    "id_of",
    "last_cycle",
    "next_cycle",
    "number_of",
    "previous_bill",
    "register_code",
    "remarks",
    "replay",
    "run_cycle",
    "schedule",
    "settle",
    "sheet",
    "what_if",
    "whole",
]
