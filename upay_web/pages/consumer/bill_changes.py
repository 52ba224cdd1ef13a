"""Why a bill differs from the one before: each reason with its share."""

from typing import Any

import reflex as rx

from components.numbers import date_text, money
from components.surface import card, heading
from components.text import t, t_code
from state.bill import BillState as Bill
from state.bill import Change

_TOTAL = "font-semibold"


def changes() -> rx.Component:
    """From the bill before to this one, reason by reason; the sums add up."""
    return rx.cond(
        Bill.before_cycle != "",
        card(
            heading(t("bills.why_title"), rx.el.span(t("bills.why_hint"), class_name="text-sm text-soft")),
            rx.el.dl(
                _step(t("bills.why_before", month=date_text(Bill.before_cycle, "month")), Bill.before_paise, _TOTAL),
                rx.foreach(Bill.changes, _change),
                _step(t("bills.why_after"), Bill.after_paise, _TOTAL),
            ),
        ),
        rx.fragment(),
    )


def _change(change: rx.Var[Change]) -> rx.Component:
    return _step(t_code(change["code"], {}, "billing"), change["paise"], "", signed=True)


def _step(said: Any, paise: Any, look: str, signed: bool = False) -> rx.Component:
    sign = rx.cond(paise > 0, "+", "") if signed else ""
    return rx.el.div(
        rx.el.dt(said, class_name="min-w-0"),
        rx.el.dd(sign, money(paise), class_name="whitespace-nowrap"),
        class_name=f"flex justify-between gap-4 border-b border-line py-2 last:border-0 {look}",
    )
