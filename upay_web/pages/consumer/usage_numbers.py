"""The numbers behind the usage chart, as a table and as downloads."""

from typing import Any

import reflex as rx

from components.controls import link_button
from components.icons import icon
from components.numbers import date_text, kwh, money, number, time_text
from components.surface import card, heading
from components.table import Column, data_table
from components.text import language, t, t_code
from state.usage import UsageState as Usage
from state.usage_lines import Line


def numbers() -> rx.Component:
    """Every bar in figures, and why one is missing."""
    return card(
        heading(
            t("usage.table"),
            rx.el.div(
                rx.el.span(t("usage.download"), class_name="text-sm text-soft"),
                *(
                    link_button(
                        icon("download", "size-4"),
                        t(f"usage.download_{form}"),
                        href=Usage.download_url + f"&format={form}&language=" + language,
                        weight="quiet",
                        class_name="!min-h-11 !px-3.5 text-[0.9375rem]",
                        leaves=True,
                        download=True,
                    )
                    for form in ("csv", "xlsx", "greenbutton")
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
        ),
        data_table(t("usage.table"), _columns(), Usage.lines),
    )


def _columns() -> list[Column]:
    return [
        Column("when", t("usage.when"), _row_when),
        Column("units", t("usage.units"), lambda row: _energy(row["wh"]), numeric=True),
        Column("cost", t("usage.cost"), _row_cost, True, Usage.paise >= 0),
        Column("versus", t("usage.versus"), lambda row: _energy(row["vs_wh"]), True, Usage.against != "none"),
        Column("export", t("usage.export"), lambda row: _energy(row["export_wh"]), True, Usage.has_export),
        Column("volts", t("usage.volts"), _row_volts, True, Usage.has_volts),
        Column("outage", t("usage.outage_minutes"), _row_outage, True, Usage.has_outage),
        Column("quality", t("usage.quality"), _row_quality),
    ]


def _row_when(row: rx.Var[Line]) -> Any:
    return rx.match(
        Usage.step,
        ("block", rx.cond(Usage.first == Usage.last, rx.fragment(time_text(row["start_s"])), _day_and_time(row))),
        ("month", rx.fragment(date_text(row["day"], "month"))),
        rx.fragment(date_text(row["day"], "weekday_short"), ", ", date_text(row["day"], "day")),
    )


def _day_and_time(row: rx.Var[Line]) -> rx.Component:
    return rx.fragment(date_text(row["day"], "day"), ", ", time_text(row["start_s"]))


def _energy(wh: Any) -> Any:
    return rx.cond(wh < 0, "–", kwh(wh, 2))


def _row_cost(row: rx.Var[Line]) -> Any:
    return rx.cond(row["paise"] < 0, "–", money(row["paise"]))


def _row_volts(row: rx.Var[Line]) -> Any:
    return rx.cond(
        row["min_dv"] == 0,
        "–",
        rx.cond(
            row["min_dv"] == row["max_dv"],
            rx.fragment(number(row["min_dv"] / 10)),
            rx.fragment(number(row["min_dv"] / 10), "–", number(row["max_dv"] / 10)),
        ),
    )


def _row_outage(row: rx.Var[Line]) -> Any:
    return rx.cond(row["outage_minutes"] > 0, number(row["outage_minutes"]), "–")


def _row_quality(row: rx.Var[Line]) -> Any:
    estimated, blocks = row["estimated"], row["blocks"]
    return rx.el.span(
        rx.cond(
            (estimated > 0) & (blocks > 1),
            t("usage.estimated_of", estimated=number(estimated), blocks=number(blocks)),
            t_code(row["said"], {}, "quality", "usage"),
        ),
        class_name=rx.cond(estimated > 0, "text-sun-ink", "text-soft"),
    )
