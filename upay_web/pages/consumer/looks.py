"""Who looked at my data: the members of staff, when, and why."""

from typing import Any

import reflex as rx

from components.numbers import date_text, time_text
from components.shell import shell
from components.surface import card, empty, heading, skeleton
from components.switcher import connection_switcher, no_connection
from components.text import either, t
from state.looks import LooksState as Looks


def looks() -> rx.Component:
    """One list, newest first."""
    return shell(
        rx.cond(
            Looks.has_none,
            card(no_connection(Looks.withheld)),
            card(
                heading(t("looks.title")),
                rx.el.p(t("looks.lead"), class_name="-mt-2 mb-4 max-w-[60ch] text-soft"),
                rx.cond(
                    Looks.filled,
                    rx.cond(
                        Looks.rows.length() > 0,
                        rx.el.ol(rx.foreach(Looks.rows, _look), class_name="grid divide-y divide-line"),
                        empty("check", t("looks.nobody"), t("looks.nobody_help")),
                    ),
                    skeleton("h-40 w-full"),
                ),
            ),
        ),
        here="/account",
        title=t("looks.title"),
        switcher=rx.cond(Looks.number != "", connection_switcher(Looks.connections, Looks.number, Looks.show)),
    )


def _look(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["who"], class_name="font-semibold"),
            rx.el.span(date_text(row["day"], "long"), ", ", time_text(row["at_s"]), class_name="text-sm text-soft"),
            class_name="flex flex-wrap justify-between gap-x-4",
        ),
        rx.el.p(either(row["what"]), class_name="text-[0.9375rem]"),
        rx.el.p(either(row["why"]), class_name="text-[0.9375rem] text-soft empty:hidden"),
        class_name="py-3",
    )
