"""A new row of the tariff desk: its values, what the last bills would have been, and the proposal."""

from typing import Any

import reflex as rx

from components.controls import button
from components.numbers import date_text, money, number
from components.surface import card, heading, notice, stat, stats
from components.table import Column, data_table
from components.text import either, t
from state.tariffs import TariffState as Desk

_FIELD = "min-h-11 w-full rounded-2xl border-2 border-edge bg-card px-3 text-ink"


def new_row() -> rx.Component:
    """The card in which a row is written, tried and proposed."""
    return card(
        heading(rx.fragment(t("tariff.new_row"), " · ", either(Desk.topic_name))),
        rx.el.p(t("tariff.new_row_help"), class_name="mb-4 max-w-[75ch] text-[0.9375rem] text-soft"),
        rx.el.form(
            rx.el.div(
                rx.foreach(Desk.fields, _field),
                class_name="grid gap-3 sm:grid-cols-2 lg:grid-cols-4 xl:grid-cols-6",
            ),
            rx.el.div(
                button(t("tariff.preview"), type="submit", disabled=Desk.preview == "running", class_name="!min-h-11"),
                rx.cond(
                    Desk.can_grow,
                    rx.fragment(
                        button(t("tariff.grow"), type="button", weight="quiet", on_click=Desk.grow),
                        button(t("tariff.shrink"), type="button", weight="quiet", on_click=Desk.shrink),
                    ),
                    rx.fragment(),
                ),
                class_name="mt-4 flex flex-wrap gap-3",
            ),
            on_submit=Desk.look,
        ),
        _preview(),
    )


def _field(field: Any) -> rx.Component:
    """Drawn anew when its value is another's."""
    return rx.el.label(
        rx.el.span(
            either(field["label"]),
            rx.cond(field["group"] != "", rx.el.span(" ", field["group"], class_name="text-soft"), rx.fragment()),
            class_name="text-sm font-semibold",
        ),
        rx.el.input(
            name=field["path"],
            default_value=field["value"],
            key=field["path"] + field["value"],
            on_blur=Desk.keep(field["path"]),
            class_name=_FIELD,
            auto_complete="off",
        ),
        class_name=rx.cond(field["path"] == "source", "grid gap-1 sm:col-span-2", "grid gap-1"),
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.match(
            Desk.preview,
            ("running", notice(t("tariff.previewing", bills=number(Desk.preview_bills)), role="status")),
            ("done", _previewed()),
            rx.fragment(),
        ),
        aria_live="polite",
        class_name="mt-4 empty:hidden",
    )


def _previewed() -> rx.Component:
    change = Desk.preview_after - Desk.preview_before
    columns = (
        Column("number", t("tariff.bill"), lambda row: row["number"]),
        Column("before", t("tariff.before"), lambda row: money(row["before_paise"]), numeric=True),
        Column("after", t("tariff.after"), lambda row: money(row["after_paise"]), numeric=True),
        Column("change", t("tariff.change"), lambda row: money(row["after_paise"] - row["before_paise"]), numeric=True),
    )
    return rx.el.div(
        rx.cond(
            Desk.preview_bills > 0,
            rx.fragment(
                heading(t("tariff.preview_title", month=date_text(Desk.preview_cycle, "month"))),
                stats(
                    stat(t("tariff.bills"), number(Desk.preview_bills)),
                    stat(t("tariff.changed"), number(Desk.preview_changed)),
                    stat(t("tariff.before"), money(Desk.preview_before)),
                    stat(t("tariff.after"), money(Desk.preview_after)),
                    stat(t("tariff.change"), money(change)),
                ),
                rx.cond(
                    Desk.movers.length() > 0,
                    data_table(t("tariff.movers"), columns, Desk.movers),
                    rx.fragment(),
                ),
            ),
            notice(t("tariff.preview_none")),
        ),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("tariff.reason"), class_name="text-sm font-semibold"),
                rx.el.input(name="reason", required=True, class_name=_FIELD),
                class_name="grid min-w-64 flex-1 gap-1",
            ),
            button(t("tariff.propose"), type="submit", class_name="!min-h-11"),
            on_submit=Desk.propose,
            class_name="mt-4 flex flex-wrap items-end gap-3",
        ),
    )
