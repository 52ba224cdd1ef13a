"""Which connection the page is about: the device's own list, so that thumb, keys and screen readers all manage it."""

from typing import Any

import reflex as rx

from components.icons import icon
from components.surface import empty
from components.text import t


def connection_switcher(choices: Any, chosen: Any, on_choose: Any) -> rx.Component:
    """The chip at the head of a page. choices: Var of rows {number, label}.  chosen: Var of a number.

    on_choose: handler that takes a number.
    """
    return rx.el.div(
        rx.el.select(
            rx.foreach(
                choices, lambda choice: rx.el.option(f"{choice['number']} · {choice['label']}", value=choice["number"])
            ),
            value=chosen,
            on_change=on_choose,
            aria_label=t("common.choose_connection"),
            class_name="min-h-11 w-full max-w-[22rem] cursor-pointer appearance-none truncate rounded-full border "
            "border-line bg-card ps-4 pe-10 font-semibold text-ink hover:bg-tint",
        ),
        rx.el.span(
            icon("down", "size-5"), class_name="pointer-events-none absolute end-3 top-1/2 -translate-y-1/2 text-soft"
        ),
        class_name="relative inline-block max-w-full",
    )


def no_connection(withheld: Any) -> rx.Component:
    """What a page about a connection shows when there is none for it. withheld: Var, see `ChoiceState`."""
    return rx.cond(
        withheld,
        empty("plug", t("accounts.withheld_title"), t("accounts.withheld_help")),
        empty("plug", t("home.empty_title"), t("home.empty_help")),
    )
