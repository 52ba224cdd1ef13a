"""Dues: which charges are still open, what is done about them, and the plans by which they are paid off."""

from upay.dues.deposits import give_back, pay_interest
from upay.dues.dunning import dun, step_of
from upay.dues.items import open_items, stretches, under_plans
from upay.dues.models import DunningStep, Instalment, InstalmentPlan
from upay.dues.plans import Part, agree, offer, plan_of, review
from upay.dues.rules import Rules, Step, clear_from, is_blocked
from upay.dues.settlement import ageing, settle
from upay.dues.standing import OpenBill, Standing, standing_of

__all__ = [
    "DunningStep",
    "Instalment",
    "InstalmentPlan",
    "OpenBill",
    "Part",
    "Rules",
    "Standing",
    "Step",
    "ageing",
    "agree",
    "clear_from",
    "dun",
    "give_back",
    "is_blocked",
    "offer",
    "open_items",
    "pay_interest",
    "plan_of",
    "review",
    "settle",
    "standing_of",
    "step_of",
    "stretches",
    "under_plans",
]
