"""Usage: any stretch of time, drawn, compared, explained, listed and downloadable. The address holds the view."""

import reflex as rx

from components.chart import plotly_chart
from components.controls import link_button
from components.icons import icon
from components.numbers import kwh, money, number, time_text
from components.shell import shell
from components.surface import card, empty, heading, notice, skeleton, stat, stats
from components.switcher import connection_switcher, no_connection
from components.text import t, t_code
from state.usage import UsageState as Usage
from upay_web.pages.consumer.usage_choice import choice
from upay_web.pages.consumer.usage_numbers import numbers
from upay_web.pages.consumer.usage_outages import outages

_CHART_PX = 360


def usage() -> rx.Component:
    """The choice of days, the sums, the chart, the table."""
    return shell(
        rx.cond(
            Usage.has_none,
            card(no_connection(Usage.withheld)),
            rx.fragment(choice(), _problem(), _sums(), _drawn(), numbers()),
        ),
        here="/usage",
        title=t("usage.title"),
        switcher=rx.cond(Usage.number != "", connection_switcher(Usage.connections, Usage.number, Usage.choose)),
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
                    Usage.paise >= 0,
                    stat(t("usage.cost"), money(Usage.paise), "", t("usage.cost_note")),
                    rx.fragment(),
                ),
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
        link_button(
            icon("rupee", "size-5"), t("tariff.would_pay_title"), href="/what-would-i-pay", weight="plain",
            class_name="mt-1 -mb-2 -ms-3",
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
        outages(),
        _estimates(),
    )


def _estimates() -> rx.Component:
    return rx.cond(
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
    )
