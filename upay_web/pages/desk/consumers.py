"""Looking a consumer up: search, a reason, and one connection to read."""

from typing import Any

import reflex as rx

from components.controls import button
from components.fields import select_field, text_field
from components.icons import icon
from components.shell import desk_shell
from components.surface import card, empty, heading, notice
from components.table import Column, data_table
from components.text import t, t_code
from state.consumers import REASONS
from state.consumers import ConsumersState as Consumers
from upay_web.pages.desk.consumer_shown import shown


def consumers() -> rx.Component:
    """The search; what was found; the reason; the look."""
    return desk_shell(
        card(_search(), label=t("staff.consumers")),
        rx.cond(
            Consumers.problem != "",
            notice(t_code(Consumers.problem, Consumers.problem_params, "staff"), tone="due", role="alert"),
            rx.fragment(),
        ),
        rx.cond(Consumers.wanted != "", card(_reason()), rx.fragment()),
        rx.cond(Consumers.shown["number"] != "", shown(), rx.fragment()),
        rx.cond(Consumers.searched, card(_found()), rx.fragment()),
        here="/desk/consumers",
        title=t("staff.consumers"),
    )


def _search() -> rx.Component:
    return rx.el.form(
        text_field(
            "text",
            t("staff.search"),
            t("staff.search_hint"),
            type="search",
            auto_complete="off",
            max_length=80,
            auto_focus=True,
        ),
        button(icon("search", "size-5"), t("staff.find"), type="submit", class_name="!min-h-11 sm:mt-6"),
        on_submit=Consumers.search,
        class_name="flex flex-wrap items-start gap-3",
    )


def _found() -> rx.Component:
    return rx.fragment(
        heading(t("staff.found")),
        rx.cond(
            Consumers.found.length() > 0,
            rx.fragment(
                data_table(t("staff.found"), _columns(), Consumers.found),
                rx.cond(Consumers.more, rx.el.p(t("staff.found_more"), class_name="mt-3 text-soft"), rx.fragment()),
            ),
            empty("search", t("staff.found_none"), t("staff.found_none_help")),
        ),
    )


def _columns() -> list[Column]:
    return [
        Column("number", t("staff.number"), lambda row: rx.el.span(row["number"], class_name="font-semibold")),
        Column("name", t("staff.name"), lambda row: row["name"]),
        Column("address", t("staff.address"), lambda row: row["address"]),
        Column("zone", t("staff.zone"), lambda row: row["zone"]),
        Column("look", t("staff.look"), _look),
    ]


def _look(row: Any) -> rx.Component:
    return button(
        t("staff.look"),
        type="button",
        weight="quiet",
        on_click=Consumers.want(row["number"]),
        aria_label=t("staff.look_at", number=row["number"]),
        class_name="!min-h-11",
    )


def _reason() -> rx.Component:
    return rx.el.form(
        heading(t("staff.look_at", number=Consumers.wanted)),
        rx.el.p(t("staff.reason_help"), class_name="-mt-2 mb-3 text-[0.9375rem] text-soft"),
        rx.el.div(
            select_field(
                "reason",
                t("staff.why"),
                rx.el.option(t("staff.why_choose"), value=""),
                *(rx.el.option(t(reason), value=reason) for reason in REASONS),
            ),
            text_field("words", t("staff.why_words"), max_length=300, auto_complete="off"),
            button(t("staff.look"), type="submit", class_name="!min-h-11 sm:mt-6"),
            class_name="flex flex-wrap items-start gap-3",
        ),
        on_submit=Consumers.look,
    )
