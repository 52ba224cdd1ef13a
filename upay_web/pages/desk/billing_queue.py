"""The queue of billing exceptions: found, judged by the months before, decided one by one or together."""

import reflex as rx

from components.controls import button, plain_link
from components.icons import icon
from components.numbers import date_text, kwh, number
from components.shell import desk_shell
from components.surface import card, empty, heading, notice, skeleton
from components.table import Column, data_table
from components.text import language, t, t_code
from state.billing_queue import Bar, Line
from state.billing_queue import BillingQueueState as Queue
from upay_web.pages.desk.billing import exception_word

_FIELD = "min-h-11 rounded-xl border-2 border-edge bg-card px-3 text-ink"
_CODES = ("high", "low", "zero", "missing", "negative", "absurd", "tariff_unknown", "tariff_load", "tariff_category")


def billing_queue() -> rx.Component:
    """The view's choice, the table, and below it what may be decided."""
    return desk_shell(
        card(_choice()),
        rx.cond(
            Queue.problem != "",
            notice(t_code(Queue.problem, Queue.problem_params, "billing"), tone="due", role="alert"),
            rx.cond(
                Queue.done > 0,
                notice(t("billing.queue_done", count=number(Queue.done)), tone="in", role="status"),
                rx.fragment(),
            ),
        ),
        rx.el.div(
            card(
                heading(t("billing.queue_count", count=number(Queue.total)), _downloads()),
                rx.cond(Queue.filled, rx.cond(Queue.total > 0, _table(), _nothing()), skeleton("h-96 w-full")),
                _pager(),
            ),
            rx.cond(
                (Queue.opened != "") | (Queue.ticked.length() > 0),
                card(_decision(), label=t("billing.queue_decide"), class_name="xl:sticky xl:top-5"),
                rx.fragment(),
            ),
            class_name="grid grid-cols-[minmax(0,1fr)] items-start gap-3.5 xl:grid-cols-[minmax(0,1fr)_24rem] lg:gap-5",
        ),
        here="/desk/billing",
        title=t("billing.queue_title"),
    )


def _choice() -> rx.Component:
    states = tuple((name, t(f"billing.state_{name}")) for name in ("open", "held", "approved", "corrected"))
    codes = tuple((code, t(f"billing.exception_{code}")) for code in _CODES)
    return rx.el.form(
        _labelled(t("billing.column_state"), _select("state", Queue.shown_state, states)),
        _labelled(t("billing.column_kind"), _select("code", Queue.code, codes)),
        _labelled(
            t("billing.column_zone"),
            rx.el.input(name="zone", default_value=Queue.zone, key=Queue.zone, class_name=f"{_FIELD} w-28"),
        ),
        _labelled(
            t("billing.queue_search"),
            rx.el.input(name="q", type="search", default_value=Queue.search, key=Queue.search, class_name=_FIELD),
        ),
        button(t("billing.queue_show"), type="submit", weight="quiet"),
        on_submit=Queue.filter,
        class_name="flex flex-wrap items-end gap-3",
    )


def _labelled(label: rx.Var[str], control: rx.Component) -> rx.Component:
    return rx.el.label(rx.el.span(label, class_name="text-sm text-soft"), control, class_name="grid min-w-0 gap-1")


def _select(name: str, chosen: rx.Var[str], options: tuple[tuple[str, rx.Var[str]], ...]) -> rx.Component:
    return rx.el.select(
        rx.el.option(t("billing.queue_all"), value=""),
        *(rx.el.option(text, value=value) for value, text in options),
        name=name,
        default_value=chosen,
        key=chosen,
        class_name=_FIELD,
    )


def _downloads() -> rx.Component:
    def one(kind: str, text: str) -> rx.Component:
        return plain_link(
            icon("download", "size-5"),
            text,
            href=f"{Queue.export_url}&format={kind}&language={language}",
            download=True,
            class_name="inline-flex min-h-11 items-center gap-1.5 px-2 font-semibold text-act",
        )

    return rx.el.span(one("csv", "CSV"), one("xlsx", "XLSX"), class_name="flex gap-2")


def _table() -> rx.Component:
    columns = (
        Column("number", t("billing.column_consumer"), _who),
        Column("tick", t("billing.column_tick"), _tick, shown=Queue.may_settle & (Queue.shown_state != "approved")),
        Column("zone", t("billing.column_zone"), lambda row: row["zone"]),
        Column("code", t("billing.column_kind"), lambda row: exception_word(row["code"])),
        Column("units", t("billing.column_units"), lambda row: kwh(row["units_wh"], 1), True),
        Column("reference", t("billing.column_reference"), _reference, True),
        Column("ratio", t("billing.column_ratio"), _ratio, True),
        Column("reason", t("billing.column_reason"), lambda row: row["reason"], shown=Queue.shown_state != "open"),
    )
    return data_table(
        t("billing.queue_title"), columns, Queue.lines, Queue.sort, Queue.descending, lambda key: Queue.order(key)
    )


def _who(row: rx.Var[Line]) -> rx.Component:
    return rx.el.button(
        rx.el.span(row["number"], class_name="font-semibold"),
        rx.el.span(" · ", row["consumer"], class_name="text-soft"),
        type="button",
        on_click=Queue.open(row["id"]),
        aria_expanded=rx.cond(Queue.opened == row["id"], "true", "false"),
        class_name="min-h-11 cursor-pointer text-start underline-offset-4 hover:underline aria-expanded:text-act",
    )


def _tick(row: rx.Var[Line]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=Queue.ticked.contains(row["id"]),
            on_change=Queue.tick(row["id"]),
            aria_label=t("billing.queue_tick", number=row["number"]),
            class_name="size-5",
        ),
        class_name="inline-grid size-11 cursor-pointer place-items-center",
    )


def _reference(row: rx.Var[Line]) -> rx.Component:
    return rx.el.span(rx.cond(row["reference_wh"] >= 0, kwh(row["reference_wh"], 1), "–"), class_name="text-soft")


def _ratio(row: rx.Var[Line]) -> rx.Component:
    return rx.el.span(rx.cond(row["ratio"] >= 0, rx.fragment(number(row["ratio"]), " %"), "–"))


def _nothing() -> rx.Component:
    return empty("check", t("billing.queue_empty"), t("billing.queue_empty_text"))


def _pager() -> rx.Component:
    def turn(by: int, drawn: str, key: str, off: rx.Var[bool]) -> rx.Component:
        return button(
            icon(drawn, "size-5"), t(key), type="button", weight="quiet", on_click=Queue.turn(by), disabled=off
        )

    return rx.cond(
        Queue.pages > 1,
        rx.el.div(
            turn(-1, "left", "billing.queue_before", Queue.page <= 1),
            rx.el.span(t("billing.queue_page", page=number(Queue.page), pages=number(Queue.pages))),
            turn(1, "right", "billing.queue_after", Queue.page >= Queue.pages),
            rx.cond(
                Queue.may_settle,
                button(t("billing.queue_tick_all"), type="button", weight="plain", on_click=Queue.tick_all),
                rx.fragment(),
            ),
            class_name="mt-4 flex flex-wrap items-center gap-3",
        ),
        rx.fragment(),
    )


def _decision() -> rx.Component:
    return rx.fragment(
        rx.cond(
            Queue.opened != "",
            _history(),
            heading(t("billing.queue_ticked", count=number(Queue.ticked.length()))),
        ),
        rx.cond(Queue.may_settle, _form(), rx.fragment()),
    )


def _history() -> rx.Component:
    def bar(each: rx.Var[Bar]) -> rx.Component:
        return rx.el.li(
            rx.el.span(date_text(each["cycle"], "month_short"), class_name="w-20 text-sm text-soft"),
            rx.el.span(
                rx.el.span(class_name="block h-4 rounded bg-sun", style={"width": f"{each['height']}%"}),
                class_name="min-w-0 flex-1",
                aria_hidden="true",
            ),
            rx.el.span(kwh(each["wh"], 0), class_name="w-16 text-end text-sm"),
            class_name="flex items-center gap-2",
        )

    return rx.fragment(
        heading(t("billing.queue_history")),
        rx.el.ol(rx.foreach(Queue.history, bar), class_name="mb-4 grid gap-1"),
    )


def _form() -> rx.Component:
    return rx.el.form(
        _labelled(
            t("billing.queue_reason"),
            rx.el.input(name="reason", required=True, max_length=400, auto_focus=True, class_name=f"{_FIELD} w-full"),
        ),
        rx.cond(
            Queue.opened != "",
            _labelled(
                t("billing.queue_units"),
                rx.el.input(name="units", input_mode="decimal", class_name=f"{_FIELD} w-full"),
            ),
            rx.fragment(),
        ),
        _labelled(
            t("billing.queue_what"),
            rx.el.select(
                rx.el.option(t("billing.queue_approve"), value="approve"),
                rx.cond(Queue.opened != "", rx.el.option(t("billing.queue_correct"), value="correct"), rx.fragment()),
                rx.el.option(t("billing.queue_hold"), value="hold"),
                name="what",
                class_name=f"{_FIELD} w-full",
            ),
        ),
        button(t("billing.queue_do"), type="submit"),
        on_submit=Queue.decide,
        reset_on_submit=True,
        key=Queue.opened,
        class_name="grid gap-3",
    )
