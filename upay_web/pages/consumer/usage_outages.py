"""Below the usage chart: when power was off, in words."""
from typing import Any

import reflex as rx

from components.numbers import date_text, number, time_text
from components.text import t
from state.usage import UsageState as Usage
from state.usage_lines import Cut


def outages() -> rx.Component:
    """How often and how long power was off; for a day or two each cut at once, for more of them on request."""
    return rx.cond(
        Usage.cuts.length() > 0,
        rx.el.details(
            rx.el.summary(
                t("usage.outages", times=number(Usage.cuts.length()), minutes=number(Usage.cut_minutes)),
                class_name="min-h-11 cursor-pointer content-center font-semibold",
            ),
            rx.el.ul(
                rx.foreach(Usage.cuts, lambda cut: rx.el.li(_said(cut))),
                class_name="grid gap-1 pb-2 text-soft sm:grid-cols-2",
            ),
            open=Usage.step == "block",
            class_name="mt-3 rounded-2xl bg-due-tint px-4 py-1.5 text-[0.9375rem]",
        ),
        rx.fragment(),
    )


def _said(cut: rx.Var[Cut]) -> Any:
    day, end_day = date_text(cut["from_day"], "day"), date_text(cut["to_day"], "day")
    begins, ends = time_text(cut["from_s"]), time_text(cut["to_s"])
    begins = rx.cond(cut["is_dated"], day + ", " + begins, begins)
    ends = rx.cond(cut["from_day"] == cut["to_day"], ends, end_day + ", " + ends)
    return rx.cond(
        cut["to_s"] == 0, t("usage.outage_since", since=begins), t("usage.outage_from_to", since=begins, until=ends)
    )
