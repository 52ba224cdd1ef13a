"""The accounts that money moves between, and the kinds of event that move it. docs/architecture.md has the table."""
from enum import StrEnum


class Account(StrEnum):
    """An account. Those of a connection are kept for each connection, the others once for the utility."""

    RECEIVABLE = "receivable"  # what the consumer owes; below zero is paid in advance
    ARREARS = "arrears"  # older dues that a prepaid connection pays off with its recharges
    WALLET = "wallet"  # a prepaid connection's money: held is a credit, so below zero
    DEPOSIT = "deposit"  # security deposit: held is a credit
    SUBSIDY = "subsidy"  # what the state pays of a connection's bills, until it is claimed

    ENERGY_REVENUE = "energy_revenue"
    TOD = "tod"  # time-of-day surcharges and rebates
    FIXED_REVENUE = "fixed_revenue"
    FPPAS = "fppas"
    DUTY_PAYABLE = "duty_payable"  # collected for the state
    SUBSIDY_RECEIVABLE = "subsidy_receivable"
    REBATE = "rebate"
    LPSC_INCOME = "lpsc_income"
    CHARGES = "charges"  # for a returned cheque, a reconnection
    GATEWAY_CLEARING = "gateway_clearing"  # paid online, not yet settled by the gateway
    CASH_COLLECTION = "cash_collection"  # taken at counters and by banks
    COMPENSATION = "compensation"
    INTEREST = "interest"  # on deposits
    ROUND_OFF = "round_off"
    SUSPENSE = "suspense"  # money whose owner is not known yet

    @property
    def of_connection(self) -> bool:
        """Whether each connection has one of its own."""
        return self in _OF_CONNECTION


_OF_CONNECTION = {Account.RECEIVABLE, Account.ARREARS, Account.WALLET, Account.DEPOSIT, Account.SUBSIDY}


class Kind(StrEnum):
    """What an entry records."""

    OPENING = "opening"  # brought over from an earlier system
    BILL = "bill"
    ADJUSTMENT = "adjustment"
    DEDUCTION = "deduction"  # a prepaid connection's day
    PAYMENT = "payment"  # online
    COLLECTION = "collection"  # at a counter or bank
    RECHARGE = "recharge"
    CHARGE = "charge"
    LPSC = "lpsc"
    DEPOSIT = "deposit"
    INTEREST = "interest"
    COMPENSATION = "compensation"
    REBATE = "rebate"
    REFUND = "refund"
    CONVERSION = "conversion"  # prepaid to postpaid, or back
    REVERSAL = "reversal"
