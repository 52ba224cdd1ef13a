"""Usage: any stretch of time, drawn, compared, explained, listed and downloadable. The address holds the view."""

from typing import Any

import reflex as rx

from components.chart import plotly_chart
from components.controls import button, link_button, segments
from components.icons import icon
from components.numbers import date_text, kwh, number, time_text
from components.shell import shell
from components.surface import card, empty, heading, notice, skeleton, stat, stats
from components.switcher import connection_switcher
from components.table import Column, data_table
from components.text import language, t, t_code
from state.usage import Line
from state.usage import UsageState as Usage

_CHART_PX = 360


def usage() -> rx.Component:
    """The choice of days, the sums, the chart, the table."""
    return shell(
        rx.cond(
            Usage.has_none,
            card(empty("plug", t("home.empty_title"), t("home.empty_help"))),
            rx.fragment(_choice(), _problem(), _sums(), _drawn(), _numbers()),
        ),
        here="/usage",
        title=t("usage.title"),
        switcher=rx.cond(Usage.number != "", connection_switcher(Usage.connections, Usage.number, Usage.choose)),
    )


def _choice() -> rx.Component:
    views = tuple((view, t(f"usage.{view}")) for view in ("day", "week", "month", "year", "range"))
    against = tuple((name, t(f"usage.compare_{name}")) for name in ("none", "before", "year"))
    return card(
        rx.el.div(
            segments(t("usage.title"), views, Usage.view, Usage.show_view),
            rx.el.label(
                rx.el.span(t("usage.compare"), class_name="text-sm text-soft"),
                rx.el.select(
                    *(rx.el.option(text, value=name) for name, text in against),
                    value=Usage.against,
                    on_change=Usage.show_against,
                    class_name="min-h-11 cursor-pointer rounded-2xl border border-line bg-card px-3 text-ink",
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(Usage.view == "range", _dates(), _steps()),
        label=t("usage.title"),
    )


def _steps() -> rx.Component:
    return rx.el.div(
        _step("left", t("usage.previous"), Usage.earlier_url),
        rx.el.p(_when(), class_name="min-h-7 text-center text-lg font-semibold", aria_live="polite"),
        rx.cond(
            Usage.later_url != "",
            _step("right", t("usage.next"), Usage.later_url),
            rx.el.span(class_name="size-11"),
        ),
        class_name="mt-3 flex items-center justify-between gap-2",
    )


def _step(drawn: str, label: rx.Var[str], url: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        icon(drawn, "size-5"),
        type="button",
        title=label,
        aria_label=label,
        on_click=rx.redirect(url),
        class_name="inline-grid size-11 cursor-pointer place-items-center rounded-full border border-line bg-card "
        "hover:bg-tint",
    )


def _when() -> Any:
    """The span in words."""
    return rx.match(
        Usage.view,
        ("day", rx.fragment(date_text(Usage.first, "weekday"))),
        ("month", rx.fragment(date_text(Usage.first, "month"))),
        ("year", rx.fragment(date_text(Usage.first, "year"))),
        rx.fragment(date_text(Usage.first, "day"), " – ", date_text(Usage.last, "day")),
    )


def _dates() -> rx.Component:
    look = "min-h-12 rounded-2xl border-2 border-edge bg-card px-3 text-ink"
    return rx.el.form(
        *(
            rx.el.label(
                rx.el.span(t(f"usage.{name}"), class_name="text-sm text-soft"),
                rx.el.input(type="date", name=name, default_value=value, key=value, required=True, class_name=look),
                class_name="grid gap-1",
            )
            for name, value in (("from", Usage.first), ("to", Usage.last))
        ),
        button(t("usage.show"), type="submit", weight="quiet"),
        on_submit=Usage.show_dates,
        class_name="mt-3 flex flex-wrap items-end gap-3",
    )


def _problem() -> rx.Component:
    return rx.cond(
        Usage.problem != "",
        notice(t_code(Usage.problem, Usage.problem_params, "usage"), tone="due", role="alert"),
        rx.fragment(),
    )


def _sums() -> rx.Component:
    percent = Usage.against_percent
    compared = rx.cond(
        percent == -1000,
        "",
        rx.cond(
            percent == 0,
            t("usage.same"),
            rx.cond(percent > 0, t("usage.more", percent=number(percent)), t("usage.less", percent=number(-percent))),
        ),
    )
    return card(
        rx.cond(
            Usage.filled,
            stats(
                stat(t("usage.total"), kwh(Usage.total_wh), t("unit.kwh"), compared),
                rx.cond(
                    Usage.mean_wh >= 0,
                    stat(t("usage.mean_day"), kwh(Usage.mean_wh), t("unit.kwh")),
                    stat(
                        t("usage.peak"),
                        rx.cond(Usage.peak_w >= 0, kwh(Usage.peak_w, 2), "–"),
                        "kW",
                        rx.cond(Usage.peak_w >= 0, time_text(Usage.peak_start_s), ""),
                    ),
                ),
                rx.cond(
                    Usage.vs_wh >= 0,
                    stat(t("usage.compared"), kwh(Usage.vs_wh), t("unit.kwh")),
                    rx.fragment(),
                ),
                rx.cond(
                    Usage.has_export,
                    stat(t("usage.export_total"), kwh(Usage.export_wh), t("unit.kwh")),
                    rx.fragment(),
                ),
            ),
            skeleton("h-[4.75rem] w-full"),
        ),
        label=t("usage.total"),
    )


def _drawn() -> rx.Component:
    return card(
        heading(t("usage.title"), rx.el.span(t("usage.in_units"), class_name="text-sm text-soft")),
        rx.cond(
            Usage.filled,
            rx.cond(
                Usage.has_data,
                plotly_chart(Usage.chart_url, t("usage.chart"), t("usage.chart_failed"), _CHART_PX),
                empty("usage", t("usage.no_data"), t_code(Usage.why_empty, {}, "usage")),
            ),
            skeleton("h-[360px] w-full"),
        ),
        rx.cond(
            Usage.estimated > 0,
            rx.el.details(
                rx.el.summary(
                    t("usage.estimated_share", estimated=number(Usage.estimated), blocks=number(Usage.blocks)),
                    class_name="min-h-11 cursor-pointer content-center font-semibold",
                ),
                rx.el.p(t("usage.estimated_help"), class_name="max-w-[68ch] text-soft"),
                class_name="mt-3 rounded-2xl bg-tint px-4 py-1.5 text-[0.9375rem]",
            ),
            rx.fragment(),
        ),
    )


def _numbers() -> rx.Component:
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
