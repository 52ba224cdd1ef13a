"""A bill, line by line: each opens to its sum, and all of it to the readings it stands on."""

from typing import Any

import reflex as rx

from components.controls import link_button
from components.icons import icon
from components.numbers import date_text, kwh, money, number
from components.shell import shell
from components.surface import big_number, card, empty, heading, notice, skeleton, stat, stats
from components.table import Column, data_table
from components.text import language, t, t_code
from state.bill import BillState as Bill
from state.bill import DayRow, Line, MonthBar, Stretch
from upay_web.pages.consumer.bill_changes import changes


def bill() -> rx.Component:
    """The amount first; then why."""
    return shell(
        rx.cond(
            Bill.problem != "",
            card(
                empty(
                    "warning",
                    t("bills.not_found"),
                    t_code(Bill.problem, Bill.problem_params, "billing"),
                    link_button(t("bills.to_bills"), href="/bills"),
                )
            ),
            rx.cond(Bill.filled, _bill(), _waiting()),
        ),
        here="/bills",
        title=t("bills.one_title"),
    )


def _bill() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(_amount(), _readings(), class_name="grid content-start gap-3.5 lg:gap-5"),
            rx.el.div(_lines(), changes(), class_name="grid content-start gap-3.5 lg:gap-5"),
            class_name="grid gap-3.5 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] lg:gap-5",
        ),
        _months(),
        _days(),
    )


def _amount() -> rx.Component:
    taken = Bill.prepaid & (Bill.payable_paise <= 0)
    return card(
        rx.el.p(date_text(Bill.cycle, "month"), " · ", Bill.connection, class_name="text-sm text-soft"),
        rx.el.p(rx.cond(taken, t("bills.taken"), t("bills.amount_due")), class_name="mt-2"),
        big_number(money(rx.cond(taken, Bill.wallet_paise, rx.cond(Bill.payable_paise > 0, Bill.payable_paise, 0)))),
        rx.el.p(
            rx.cond(
                (Bill.payable_paise > 0) & (Bill.due_on != ""),
                t("bills.pay_by", day=date_text(Bill.due_on, "long")),
                t("bills.nothing_due"),
            ),
            class_name="mt-1 font-semibold",
        ),
        rx.cond(
            Bill.payable_paise < 0,
            rx.el.p(t("bills.in_credit", amount=money(-Bill.payable_paise)), class_name="mt-1 text-in"),
            rx.fragment(),
        ),
        rx.el.div(
            rx.foreach(
                Bill.remarks,
                lambda remark: notice(t_code(remark["code"], remark["params"], "bills"), tone="sun"),
            ),
            class_name="mt-4 grid gap-2 empty:hidden",
        ),
        rx.el.div(
            link_button(
                icon("download", "size-5"),
                t("bills.download_pdf"),
                href="/api/v1/connections/" + Bill.connection + "/bills/" + Bill.number + "/pdf?language=" + language,
                leaves=True,
                download=True,
                weight="quiet",
            ),
            class_name="mt-4 flex flex-wrap gap-3",
        ),
    )


def _readings() -> rx.Component:
    facts = (
        ("consumer", Bill.consumer),
        ("address", Bill.address),
        ("number", Bill.number),
        ("issued", date_text(Bill.issued_on, "long")),
        ("period", rx.fragment(date_text(Bill.first, "long"), " – ", date_text(Bill.last, "long"))),
        ("meter", Bill.serials),
        ("previous", _register(Bill.register_from_wh)),
        ("present", _register(Bill.register_to_wh)),
    )
    return card(
        heading(t("bills.readings_title")),
        stats(stat(t("bills.units"), kwh(Bill.units_wh, 2)), stat(t("bills.days"), number(Bill.days.length()))),
        rx.el.dl(
            *(
                rx.el.div(
                    rx.el.dt(t(f"bills.{key}"), class_name="text-soft"),
                    rx.el.dd(value, class_name="text-end break-words"),
                    class_name="flex justify-between gap-4 border-b border-line py-2",
                )
                for key, value in facts
            ),
            class_name="mt-2 text-[0.9375rem]",
        ),
    )


def _register(wh: Any) -> Any:
    return rx.cond(wh < 0, t("bills.register_unknown"), kwh(wh, 2))


def _lines() -> rx.Component:
    return card(
        heading(t("bills.lines_title"), rx.el.span(t("bills.lines_hint"), class_name="text-sm text-soft")),
        rx.foreach(Bill.stretches, _stretch),
        rx.foreach(Bill.beside, _line),
        rx.el.div(
            rx.el.span(t("bills.payable")),
            rx.el.span(money(Bill.payable_paise)),
            class_name="mt-2 flex justify-between gap-4 text-lg font-semibold",
        ),
    )


def _stretch(stretch: rx.Var[Stretch]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(language == "en", stretch["tariff_en"], stretch["tariff_hi"]),
            " · ",
            number(stretch["load_w"] / 1000, 1),
            " kW · ",
            date_text(stretch["first"], "day"),
            " – ",
            date_text(stretch["last"], "day"),
            class_name="pb-1 text-sm text-soft",
        ),
        rx.foreach(stretch["lines"].to(list[Line]), _line),
    )


def _line(line: rx.Var[Line]) -> rx.Component:
    head = (
        rx.el.span(t_code(line["title"], line["title_params"], "tariff", "bills"), class_name="min-w-0"),
        rx.el.span(money(line["paise"]), class_name="whitespace-nowrap font-semibold"),
    )
    look = "flex min-h-11 items-center justify-between gap-4 py-1.5"
    return rx.cond(
        line["how"] != "",
        rx.el.details(
            rx.el.summary(*head, class_name=f"{look} cursor-pointer list-none hover:text-act"),
            rx.el.p(
                t_code(line["how"], line["how_params"], "tariff"), class_name="pb-3 text-[0.9375rem] text-soft"
            ),
            class_name="border-b border-line",
        ),
        rx.el.div(*head, class_name=f"{look} border-b border-line"),
    )


def _months() -> rx.Component:
    return card(
        heading(t("bills.months_title")),
        rx.el.ol(
            rx.foreach(Bill.months, _month),
            class_name="flex gap-1 sm:gap-2",
        ),
    )


def _month(month: rx.Var[MonthBar]) -> rx.Component:
    look = rx.cond(
        month["now"], "bg-sun", rx.cond(month["provisional"], "border border-dashed border-soft", "bg-act")
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.cond(month["units_wh"] < 0, "–", kwh(month["units_wh"], 0)),
                class_name="text-center text-[0.6875rem] leading-5 text-soft sm:text-sm",
            ),
            rx.el.span(
                style={"height": "calc((100% - 1.25rem) * " + month["percent"].to_string() + " / 100)"},
                class_name="w-full rounded-t " + look,
                aria_hidden="true",
            ),
            class_name="flex h-40 flex-col justify-end",
        ),
        *(
            rx.el.span(
                date_text(month["cycle"], style), class_name=f"block text-center leading-5 text-soft {shown}"
            )
            for style, shown in (("month_narrow", "text-sm lg:hidden"), ("month_short", "hidden text-sm lg:block"))
        ),
        class_name="min-w-0 flex-1",
    )


def _days() -> rx.Component:
    return card(
        heading(
            t("bills.days_title"),
            rx.el.span(
                t("bills.blocks", actual=number(Bill.actual), blocks=number(Bill.blocks)),
                class_name="text-sm text-soft",
            ),
        ),
        rx.cond(
            Bill.days.length() > 0,
            rx.el.details(
                rx.el.summary(t("bills.days_open"), class_name="min-h-11 cursor-pointer content-center text-act"),
                data_table(t("bills.days_title"), _columns(), Bill.days),
                link_button(
                    t("bills.to_usage"),
                    icon("right", "size-4"),
                    href="/usage?c=" + Bill.connection + "&view=range&on=" + Bill.first + "&to=" + Bill.last,
                    weight="plain",
                ),
            ),
            rx.el.p(t("bills.no_days"), class_name="text-soft"),
        ),
    )


def _columns() -> list[Column]:
    def estimated(row: rx.Var[DayRow]) -> Any:
        return rx.cond(row["estimated_wh"] > 0, kwh(row["estimated_wh"], 2), "–")

    return [
        Column("day", t("bills.day"), lambda row: date_text(row["day"], "weekday")),
        Column("units", t("bills.units"), lambda row: kwh(row["units_wh"], 2), numeric=True),
        Column("estimated", t("bills.estimated"), estimated, numeric=True),
    ]


def _waiting() -> rx.Component:
    return rx.fragment(card(skeleton("h-40 w-full")), card(skeleton("h-80 w-full")))
