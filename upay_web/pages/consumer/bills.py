"""What is to be paid, and every bill there has been."""

from typing import Any

import reflex as rx

from components.controls import link_button
from components.icons import icon
from components.numbers import date_text, kwh, money
from components.shell import shell
from components.surface import big_number, card, empty, heading, skeleton
from components.switcher import connection_switcher, no_connection
from components.text import language, t
from state.bills import BillRow
from state.bills import BillsState as Bills


def bills() -> rx.Component:
    """The dues first, then the list, the newest first."""
    return shell(
        rx.cond(
            Bills.has_none,
            card(no_connection(Bills.withheld)),
            rx.cond(
                Bills.filled,
                rx.fragment(_dues(), _list()),
                rx.fragment(card(skeleton("h-32 w-full")), card(skeleton("h-96 w-full"))),
            ),
        ),
        here="/bills",
        title=t("bills.title"),
        switcher=rx.cond(Bills.number != "", connection_switcher(Bills.connections, Bills.number, Bills.choose)),
    )


def _dues() -> rx.Component:
    owes = Bills.owed_paise > 0
    label = rx.cond(
        owes,
        t("bills.amount_due"),
        rx.cond(
            Bills.prepaid,
            t("bills.balance"),
            rx.cond(Bills.owed_paise < 0, t("bills.your_credit"), t("bills.amount_due")),
        ),
    )
    return card(
        rx.el.p(label),
        big_number(money(rx.cond(owes, Bills.owed_paise, -Bills.owed_paise))),
        rx.el.p(
            rx.cond(
                owes & (Bills.due_on != ""),
                rx.cond(
                    Bills.overdue,
                    t("bills.overdue_since", day=date_text(Bills.due_on, "long")),
                    t("bills.pay_by", day=date_text(Bills.due_on, "long")),
                ),
                rx.cond(owes, t("bills.owed_now"), t("bills.nothing_due")),
            ),
            class_name=rx.cond(Bills.overdue, "mt-1 font-semibold text-due", "mt-1 font-semibold"),
        ),
        link_button(
            t("ledger.statement"), href="/statement?c=" + Bills.number, weight="quiet", class_name="mt-3 !min-h-11"
        ),
    )


def _list() -> rx.Component:
    return card(
        heading(
            t("bills.all"),
            rx.cond(
                Bills.years.length() > 1,
                rx.el.select(
                    rx.el.option(t("bills.every_year"), value=""),
                    rx.foreach(Bills.years, lambda year: rx.el.option(year, value=year)),
                    value=Bills.year,
                    on_change=Bills.choose_year,
                    aria_label=t("bills.choose_year"),
                    class_name="min-h-11 rounded-xl border border-line bg-card px-3",
                ),
                rx.fragment(),
            ),
        ),
        rx.cond(
            Bills.shown,
            rx.el.ul(rx.foreach(Bills.shown, _row)),
            empty("bill", t("bills.none_title"), t("bills.none_text")),
        ),
    )


def _row(bill: rx.Var[BillRow]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                rx.el.span(date_text(bill["cycle"], "month"), class_name="block font-semibold"),
                rx.el.span(kwh(bill["units_wh"], 0), " ", t("common.units"), class_name="block text-sm text-soft"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(
                rx.el.span(money(bill["paise"]), class_name="block font-semibold"),
                rx.el.span(
                    _said(bill),
                    class_name=rx.cond(
                        bill["state"] == "overdue", "block text-sm font-semibold text-due", "block text-sm text-soft"
                    ),
                ),
                rx.cond(
                    bill["left_paise"] > 0,
                    rx.el.span(
                        t("bills.left_of_it", amount=money(bill["left_paise"])), class_name="block text-sm text-soft"
                    ),
                    rx.fragment(),
                ),
                class_name="text-end",
            ),
            icon("right", "size-5 text-soft"),
            href="/bill?n=" + bill["number"],
            class_name="flex min-h-14 min-w-0 flex-1 items-center gap-3 py-2 text-ink no-underline hover:text-act",
        ),
        link_button(
            icon("download", "size-5"),
            rx.el.span("PDF", class_name="hidden sm:inline"),
            href="/api/v1/connections/" + Bills.number + "/bills/" + bill["number"] + "/pdf?language=" + language,
            leaves=True,
            download=True,
            weight="plain",
            aria_label=t("bills.download_of", month=date_text(bill["cycle"], "month")),
        ),
        class_name="flex items-center gap-1 border-b border-line",
    )


def _said(bill: rx.Var[BillRow]) -> Any:
    return rx.match(
        bill["state"],
        ("withdrawn", t("bills.withdrawn")),
        ("wallet", t("bills.taken_short")),
        ("paid", t("bills.paid")),
        ("plan", t("bills.in_plan")),
        ("overdue", t("bills.overdue_since", day=date_text(bill["due_on"], "day"))),
        ("due", t("bills.due_by", day=date_text(bill["due_on"], "day"))),
        t("bills.nothing_due"),
    )
