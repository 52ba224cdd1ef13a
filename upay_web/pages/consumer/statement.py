"""The statement: what moved the balance, newest first, with filters, sums and files."""

from typing import Any

import reflex as rx

from components.controls import button, link_button, segments
from components.icons import icon
from components.numbers import date_text, money, number
from components.shell import shell
from components.surface import card, empty, heading, notice, skeleton, stat, stats
from components.switcher import connection_switcher, no_connection
from components.text import language, t, t_code
from state.statement import Entry
from state.statement import StatementState as Shown

_PERIODS = ("quarter", "year", "three_years")
_SIDES = ("all", "charged", "paid")


def statement() -> rx.Component:
    """The choice of days, the sums, the entries."""
    return shell(
        rx.cond(
            Shown.has_none,
            card(no_connection(Shown.withheld)),
            rx.fragment(_choice(), _problem(), _sums(), _entries()),
        ),
        here="/bills",
        title=t("ledger.statement"),
        switcher=rx.cond(Shown.number != "", connection_switcher(Shown.connections, Shown.number, Shown.choose)),
    )


def _choice() -> rx.Component:
    return card(
        rx.el.div(
            segments(
                t("ledger.period"),
                [(name, t(f"ledger.period_{name}")) for name in _PERIODS],
                Shown.period,
                Shown.show_period,
            ),
            rx.el.form(
                _day("from", t("ledger.from"), Shown.first),
                _day("to", t("ledger.to"), Shown.last),
                button(t("ledger.show"), weight="quiet", class_name="!min-h-11"),
                on_submit=Shown.show_dates,
                class_name="flex flex-wrap items-end gap-2.5",
            ),
            class_name="flex flex-wrap items-end justify-between gap-3",
        ),
        label=t("ledger.period"),
    )


def _day(name: str, label: Any, value: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="text-sm text-soft"),
        rx.el.input(
            type="date",
            name=name,
            default_value=value,
            key=value,
            class_name="min-h-11 rounded-xl border-2 border-edge bg-card px-3 text-ink",
        ),
        class_name="flex flex-col gap-0.5",
    )


def _problem() -> rx.Component:
    return rx.cond(
        Shown.problem != "", notice(t_code(Shown.problem, {}, "ledger"), tone="due", role="alert"), rx.fragment()
    )


def _sums() -> rx.Component:
    return card(
        rx.cond(
            Shown.filled,
            stats(
                stat(t("ledger.opening"), money(_size(Shown.opening)), remark=_side(Shown.opening)),
                stat(t("ledger.charged"), money(Shown.charged)),
                stat(t("ledger.paid"), money(Shown.paid)),
                stat(t("ledger.closing"), money(_size(Shown.closing)), remark=_side(Shown.closing)),
            ),
            skeleton("h-[10rem] w-full sm:h-[4.75rem]"),
        ),
        label=t("ledger.sums"),
    )


def _entries() -> rx.Component:
    return card(
        heading(
            t("ledger.entries"),
            rx.el.div(
                rx.el.span(t("ledger.download"), class_name="text-sm text-soft"),
                *(
                    link_button(
                        icon("download", "size-4"),
                        form.upper(),
                        href=Shown.download_url + f"&format={form}&language=" + language,
                        weight="quiet",
                        class_name="!min-h-11 !px-3.5 text-[0.9375rem]",
                        leaves=True,
                        download=True,
                    )
                    for form in ("pdf", "xlsx", "csv")
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
        ),
        segments(
            t("ledger.side"), [(name, t(f"ledger.side_{name}")) for name in _SIDES], Shown.side, Shown.show_side
        ),
        rx.cond(
            Shown.filled,
            rx.cond(
                Shown.entries,
                rx.fragment(rx.el.ul(rx.foreach(Shown.entries, _row), class_name="mt-2"), _turning()),
                empty("info", t("ledger.nothing"), t("ledger.nothing_help")),
            ),
            skeleton("mt-3 h-80 w-full"),
        ),
    )


def _row(entry: rx.Var[Entry]) -> rx.Component:
    charged = entry["paise"] > 0
    return rx.el.li(
        rx.el.span(
            rx.el.span(t_code(entry["kind"], {}, "ledger"), class_name="block font-semibold"),
            rx.el.span(
                date_text(entry["day"], "long"),
                rx.cond(entry["about"] != "", f" · {entry['about']}", ""),
                class_name="block break-words text-sm text-soft",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(
            rx.el.span(
                rx.cond(charged, "+ ", "− "),
                money(_size(entry["paise"])),
                class_name=rx.cond(charged, "block font-semibold", "block font-semibold text-in"),
            ),
            rx.el.span(
                money(_size(entry["balance"])), " ", _side(entry["balance"]), class_name="block text-sm text-soft"
            ),
            class_name="shrink-0 text-end",
        ),
        class_name="flex min-h-14 items-start gap-3 border-b border-line py-2.5",
    )


def _turning() -> rx.Component:
    return rx.cond(
        Shown.pages > 1,
        rx.el.nav(
            button(
                icon("left", "size-5"), t("ledger.newer"), weight="quiet", on_click=Shown.turn(-1),
                disabled=Shown.page == 1, type="button",
            ),
            rx.el.span(t("ledger.page_of", page=number(Shown.page), pages=number(Shown.pages)), class_name="text-soft"),
            button(
                t("ledger.older"), icon("right", "size-5"), weight="quiet", on_click=Shown.turn(1),
                disabled=Shown.page == Shown.pages, type="button",
            ),
            aria_label=t("ledger.pages"),
            class_name="mt-4 flex flex-wrap items-center justify-between gap-3",
        ),
        rx.fragment(),
    )


def _size(paise: Any) -> Any:
    return rx.cond(paise < 0, -paise, paise)


def _side(paise: Any) -> Any:
    """Whether an amount is owed or held."""
    return rx.cond(paise > 0, t("ledger.to_pay"), rx.cond(paise < 0, t("ledger.held"), ""))
