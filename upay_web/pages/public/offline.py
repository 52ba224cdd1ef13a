"""What stands in for every page while there is no network: the last known numbers of home, and how old they are."""

import reflex as rx

from components.controls import link_button
from components.numbers import ago, kwh, time_text
from components.offline import kept
from components.page import query_address, return_when_reachable
from components.shell import plain_shell
from components.surface import big_number, card, empty, stat, stats
from components.text import t


def offline() -> rx.Component:
    """Needs nothing but what the device holds."""
    at_s = kept("home", "at_s")
    return plain_shell(
        return_when_reachable(query_address("back")),
        rx.el.div(
            rx.el.h1(t("common.offline_title"), class_name="text-[1.75rem] font-semibold leading-tight"),
            rx.el.p(t("common.offline_text"), class_name="mt-1 text-soft"),
            class_name="mt-4",
        ),
        rx.cond(
            at_s > 0, _numbers(at_s), card(empty("offline", t("common.nothing_kept"), t("common.offline_nothing")))
        ),
        rx.el.div(link_button(t("common.retry"), href=query_address("back"), weight="quiet", leaves=True)),
    )


def _numbers(at_s: rx.Var[int]) -> rx.Component:
    return card(
        rx.el.p(kept("home", "connection", str), class_name="font-semibold"),
        rx.el.p(t("common.offline_age", age=ago(at_s)), class_name="mb-4 text-sm text-soft"),
        big_number(kwh(kept("home", "today_wh")), t("common.units_that_day")),
        rx.el.div(
            stats(
                stat(t("common.units_that_month"), kwh(kept("home", "month_wh")), t("common.units")),
                stat(t("common.last_reading"), time_text(kept("home", "last_read_s"))),
            ),
            class_name="mt-5",
        ),
        class_name="max-w-[40rem]",
    )
