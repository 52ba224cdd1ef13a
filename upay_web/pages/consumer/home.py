"""Home: one big number, what moves right now, and the weeks before it."""

import reflex as rx

from components.bars import bars, legend
from components.controls import link_button
from components.icons import icon
from components.numbers import ago, kwh, number, seconds_since, time_text
from components.offline import forget_home, keep_home
from components.shell import shell
from components.surface import big_number, card, heading, live_dot, notice, skeleton, stat, stats
from components.switcher import connection_switcher, no_connection
from components.text import t
from state.dues import DuesState as Dues
from state.home import HomeState as Home
from upay_web.pages.consumer.home_dues import dues


def home() -> rx.Component:
    """Today first; on a desktop the month stands beside it."""
    return shell(
        rx.cond(Home.has_none, _no_connection(), _figures()),
        here="/home",
        title=t("home.title"),
        switcher=rx.cond(Home.number != "", connection_switcher(Home.connections, Home.number, _turn_to)),
    )


def _figures() -> rx.Component:
    return rx.el.div(
        dues(),
        keep_home(Home.filled, Home.label, Home.today_wh + Home.running_wh, Home.month_wh, Home.last_read_s),
        card(_today(), label=t("home.today"), class_name="lg:col-span-2 lg:row-span-2"),
        card(_meter(), label=t("home.meter")),
        card(_month(), label=t("home.month")),
        card(_thirty_days(), class_name="lg:col-span-3"),
        class_name="grid gap-3.5 lg:grid-cols-3 lg:gap-5",
    )


def _turn_to(number: rx.Var[str]) -> list[rx.event.EventSpec]:
    """Another connection: its figures, and its money."""
    return [Home.show(number), Dues.show(number)]


def _no_connection() -> rx.Component:
    return card(forget_home(), no_connection(Home.withheld))


def _today() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                rx.el.p(t("home.today"), class_name="text-soft"),
                rx.cond(
                    Home.filled,
                    big_number(kwh(Home.today_wh + Home.running_wh, 2), t("home.units_today")),
                    skeleton("h-[3.25rem] w-44"),
                ),
                rx.el.p(_against_yesterday(), class_name="mt-1.5 min-h-6 text-[0.9375rem] text-soft"),
            ),
            _now(),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-2",
        ),
        rx.cond(
            Home.filled,
            rx.fragment(bars(Home.today, t("home.chart_today"), height=190), legend()),
            skeleton("h-[15rem] w-full"),
        ),
        link_button(
            t("home.see_usage"), icon("right", "size-4"), href="/usage", weight="plain", class_name="mt-1 -mb-2 -ms-3"
        ),
    )


def _now() -> rx.Component:
    return rx.el.div(
        rx.cond(
            (Home.now_w >= 0) & (seconds_since(Home.live_s) <= Home.live_for_s),
            rx.el.p(
                live_dot(),
                rx.el.span(t("home.now"), class_name="text-soft"),
                rx.el.span(kwh(Home.now_w, 2), " kW", class_name="text-xl font-semibold"),
                class_name="flex items-center gap-2",
            ),
            rx.el.p(t("home.now_unknown"), class_name="text-[0.9375rem] text-soft"),
        ),
        class_name="flex min-h-8 w-full items-center sm:w-auto",
        aria_live="off",
    )


def _against_yesterday() -> rx.Component:
    percent = Home.against_yesterday
    size = rx.cond(percent < 0, -percent, percent)
    return rx.cond(
        percent == -1000,
        "",
        rx.cond(
            size < 3,
            t("home.same_as_yesterday"),
            rx.cond(
                percent > 0,
                t("home.more_than_yesterday", percent=number(size)),
                t("home.less_than_yesterday", percent=number(size)),
            ),
        ),
    )


def _meter() -> rx.Component:
    return rx.fragment(
        heading(t("home.meter")),
        rx.cond(
            Home.filled,
            rx.el.div(
                rx.cond(
                    seconds_since(Home.last_read_s) <= Home.silent_after_s,
                    rx.el.p(
                        icon("check", "size-5 text-in"),
                        rx.el.span(t("home.reporting"), class_name="font-semibold text-in"),
                        class_name="flex items-center gap-2",
                    ),
                    notice(
                        rx.el.p(t("home.silent"), class_name="font-semibold"),
                        rx.el.p(t("home.silent_help")),
                        tone="sun",
                        role="status",
                    ),
                ),
                rx.el.dl(
                    _fact(
                        t("home.last_read"),
                        rx.cond(
                            Home.last_read_s > 0,
                            rx.fragment(
                                time_text(Home.last_read_s),
                                rx.el.span(" · ", ago(Home.last_read_s), class_name="text-soft"),
                            ),
                            "–",
                        ),
                    ),
                    _fact(t("home.voltage"), _voltage()),
                    rx.cond(
                        Home.has_solar,
                        _fact(t("home.export_today"), rx.fragment(kwh(Home.export_wh), " ", t("unit.kwh"))),
                    ),
                    class_name="mt-2 grid gap-1",
                ),
            ),
            skeleton("h-20 w-full"),
        ),
    )


def _voltage() -> rx.Component:
    """What the meter measured last, with a word where it lies outside what the supply may be."""
    outside = rx.match(
        Home.voltage,
        ("low", rx.el.span(t("home.voltage_low"), " · ", class_name="font-semibold text-due")),
        ("high", rx.el.span(t("home.voltage_high"), " · ", class_name="font-semibold text-due")),
        rx.fragment(),
    )
    return rx.cond(Home.now_dv > 0, rx.fragment(outside, number(Home.now_dv / 10), " V"), rx.fragment("–"))


def _fact(name: rx.Var[str], value: object) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-soft"),
        rx.el.dd(value, class_name="text-end"),
        class_name="flex flex-wrap justify-between gap-x-4",
    )


def _month() -> rx.Component:
    percent = Home.against_month
    return rx.fragment(
        heading(t("home.month")),
        rx.cond(
            Home.filled,
            stats(
                stat(t("home.units_so_far"), kwh(Home.month_wh), t("unit.kwh")),
                stat(
                    t("home.month_before"),
                    rx.cond(Home.has_month_before, kwh(Home.month_before_wh), "–"),
                    rx.cond(Home.has_month_before, t("unit.kwh"), ""),
                    rx.cond(
                        percent == -1000,
                        "",
                        rx.cond(
                            percent > 0,
                            t("home.percent_more", percent=number(percent)),
                            t("home.percent_less", percent=number(-percent)),
                        ),
                    ),
                ),
            ),
            skeleton("h-[4.75rem] w-full"),
        ),
    )


def _thirty_days() -> rx.Component:
    return rx.fragment(
        heading(
            t("home.thirty_days"),
            rx.el.span(
                rx.cond(Home.mean_wh > 0, t("home.mean", units=kwh(Home.mean_wh)), ""),
                class_name="text-[0.9375rem] text-soft",
            ),
        ),
        rx.cond(
            Home.filled, bars(Home.days, t("home.chart_days"), height=130), skeleton("h-[9.4rem] w-full")
        ),
    )
