"""What would I pay: a month's use, priced as it is moved, beside the state's other tariffs."""

from typing import Any

import reflex as rx

from components.controls import link_button
from components.icons import icon
from components.numbers import date_text, money
from components.quote import Answered
from components.shell import plain_shell
from components.surface import big_number, card, heading, notice
from components.table import Column, data_table
from components.text import either, t
from upay.settings import settings
from upay.tariffs import pack_book

_MOST_UNITS = 1000
_FIELD = "min-h-12 w-full rounded-2xl border-2 border-edge bg-card px-3 text-lg text-ink"
_SLIDER = "accent-[var(--act)] h-11 w-full cursor-pointer"


def what_would_i_pay() -> rx.Component:
    """The use on the left, what it costs on the right; on a phone the total first, and the slider below it."""
    tariffs = pack_book().of_pack(settings().pack)
    first = next(tariff.id for tariff in tariffs if tariff.id.endswith("urban"))
    answered = Answered(first)
    return plain_shell(
        rx.el.div(
            rx.el.h1(t("tariff.would_pay_title"), class_name="text-[1.75rem] font-semibold leading-tight"),
            rx.el.p(t("tariff.would_pay_lead"), class_name="mt-1 max-w-[60ch] text-soft"),
            class_name="mt-2",
        ),
        rx.el.div(
            _total(answered),
            _use(answered, tariffs),
            _lines(answered),
            class_name="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[22rem_minmax(0,1fr)] "
            "lg:grid-rows-[auto_1fr] lg:gap-5",
        ),
        rx.el.div(_compared(answered), _rates(answered), class_name="grid grid-cols-[minmax(0,1fr)] gap-4"),
        rx.el.div(link_button(t("tariff.to_sign_in"), icon("right", "size-4"), href="/sign-in", weight="plain")),
    )


def _use(answered: Answered, tariffs: Any) -> rx.Component:
    return card(
        heading(t("tariff.your_use")),
        rx.el.div(
            _labelled(
                t("tariff.tariff"),
                answered.choice(
                    "tariff",
                    *(rx.el.option(either(rx.Var.create(dict(tariff.name))), value=tariff.id) for tariff in tariffs),
                    id="tariff",
                    class_name=_FIELD,
                ),
                "tariff",
            ),
            _units(answered),
            _labelled(
                t("tariff.load"),
                answered.control(
                    "load", type="number", min=0.1, max=150, step=0.1, id="load", input_mode="decimal",
                    class_name=_FIELD,
                ),
                "load",
            ),
            _switch(answered, "prepaid", t("tariff.prepaid"), t("tariff.prepaid_help")),
            _switch(answered, "tod", t("tariff.by_time"), t("tariff.by_time_help")),
            rx.cond(answered.by_time, _shares(answered), rx.fragment()),
            class_name="grid gap-5",
        ),
        class_name="lg:col-start-1 lg:row-start-1 lg:row-span-2",
    )


def _units(answered: Answered) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label(t("tariff.units_a_month"), html_for="kwh", class_name="font-semibold"),
            answered.control(
                "kwh", type="number", min=0, max=100_000, step=1, id="kwh", input_mode="decimal",
                class_name="min-h-12 w-28 rounded-2xl border-2 border-edge bg-card px-3 text-end text-xl font-semibold",
            ),
            class_name="flex items-center justify-between gap-3",
        ),
        answered.control(
            "kwh", type="range", min=0, max=_MOST_UNITS, step=5, aria_label=t("tariff.units_a_month"),
            class_name=_SLIDER,
        ),
        class_name="grid gap-1",
    )  # fmt: skip


def _shares(answered: Answered) -> rx.Component:
    """Where in the day the units are used; what is left is normal."""
    return rx.el.div(
        rx.el.p(t("tariff.shares"), class_name="font-semibold", aria_hidden="true"),
        *(
            rx.el.label(
                rx.el.span(
                    rx.el.span(t(f"band.{band}")),
                    rx.el.span(share, " %", class_name="font-semibold"),
                    class_name="flex justify-between",
                ),
                answered.control(band, type="range", min=0, max=100, step=1, class_name=_SLIDER),
                class_name="grid gap-0.5",
            )
            for band, share in (("solar", answered.solar), ("peak", answered.peak))
        ),
        rx.el.p(
            rx.el.span(t("band.normal")),
            rx.el.span(answered.normal, " %", class_name="font-semibold"),
            class_name="flex justify-between",
        ),
        role="group",
        aria_label=t("tariff.shares"),
        class_name="grid gap-2 rounded-2xl bg-tint p-4",
    )


def _switch(answered: Answered, name: str, label: Any, text: Any) -> rx.Component:
    return rx.el.label(
        answered.control(name, type="checkbox", class_name="size-6 shrink-0 cursor-pointer accent-[var(--act)]"),
        rx.el.span(
            rx.el.span(label, class_name="block font-semibold"),
            rx.el.span(text, class_name="block text-[0.9375rem] text-soft"),
        ),
        class_name="flex min-h-11 cursor-pointer items-center gap-3",
    )


def _labelled(label: Any, control: rx.Component, name: str) -> rx.Component:
    return rx.el.div(rx.el.label(label, html_for=name, class_name="font-semibold"), control, class_name="grid gap-1.5")


def _total(answered: Answered) -> rx.Component:
    return card(
        rx.el.p(t("tariff.a_month"), class_name="text-soft"),
        rx.el.div(
            answered.when_known(big_number(money(answered.total_paise)), "h-[3.25rem] w-52"),
            aria_live="polite",
            aria_busy=rx.cond(answered.busy, "true", "false"),
        ),
        rx.el.p(
            rx.cond(
                answered.per_unit_paise > 0,
                t("tariff.a_unit", rate=money(answered.per_unit_paise), month=date_text(answered.first, "month")),
                "",
            ),
            class_name="mt-1.5 min-h-6 text-[0.9375rem] text-soft",
        ),
        rx.el.div(
            rx.cond(answered.message != "", notice(answered.message, tone="due", role="alert"), rx.fragment()),
            class_name="empty:hidden mt-3",
        ),
        label=t("tariff.a_month"),
        class_name="lg:col-start-2 lg:row-start-1",
    )


def _lines(answered: Answered) -> rx.Component:
    return card(
        heading(t("tariff.how_computed"), rx.el.span(either(answered.name), class_name="text-sm text-soft")),
        answered.when_known(
            rx.el.dl(
                rx.foreach(answered.lines, _line),
                rx.el.div(
                    rx.el.dt(t("tariff.total"), class_name="font-semibold"),
                    rx.el.dd(money(answered.total_paise), class_name="text-xl font-semibold"),
                    class_name="flex items-baseline justify-between gap-4 pt-3",
                ),
            ),
            "h-64 w-full",
        ),
        class_name="lg:col-start-2 lg:row-start-2",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(
            rx.el.span(either(line["name"]), class_name="block"),
            rx.el.span(either(line["how"]), class_name="block text-[0.9375rem] text-soft"),
            class_name="min-w-0",
        ),
        rx.el.dd(
            money(line["paise"]),
            class_name=rx.cond(line["paise"] < 0, "whitespace-nowrap font-semibold text-in", "whitespace-nowrap"),
        ),
        class_name="flex items-baseline justify-between gap-4 border-b border-line py-2.5",
    )


def _compared(answered: Answered) -> rx.Component:
    columns = (
        Column("tariff", t("tariff.tariff"), _compared_name),
        Column("postpaid", t("tariff.postpaid"), lambda row: money(row["postpaid_paise"]), numeric=True),
        Column("prepaid", t("tariff.prepaid"), lambda row: money(row["prepaid_paise"]), numeric=True),
    )
    return card(
        heading(t("tariff.compared"), rx.el.span(t("tariff.compared_help"), class_name="text-sm text-soft")),
        answered.when_known(data_table(t("tariff.compared"), columns, answered.compared), "h-52 w-full"),
    )


def _compared_name(row: Any) -> rx.Component:
    return rx.el.span(
        rx.cond(row["chosen"], icon("check", "size-4 text-act"), rx.el.span(class_name="size-4")),
        rx.el.span(either(row["name"]), class_name=rx.cond(row["chosen"], "font-semibold", "")),
        class_name="inline-flex items-center gap-2",
    )


def _rates(answered: Answered) -> rx.Component:
    return card(
        rx.el.details(
            rx.el.summary(t("tariff.sources"), class_name="min-h-11 cursor-pointer content-center font-semibold"),
            rx.el.ul(rx.foreach(answered.rates, _rate), class_name="grid gap-3 pt-2"),
        ),
    )


def _rate(rate: Any) -> rx.Component:
    sure = rx.match(
        rate["confidence"],
        ("A", t("tariff.confidence_a")),
        ("B", t("tariff.confidence_b")),
        t("tariff.confidence_c"),
    )
    return rx.el.li(
        rx.el.p(
            rx.foreach(rate["names"], lambda name: rx.el.span(either(name), class_name="me-2 font-semibold")),
            rx.el.span(t("tariff.since", day=date_text(rate["since"], "long")), class_name="text-soft"),
        ),
        rx.el.p(rate["source"], lang="en", class_name="max-w-[75ch] text-[0.9375rem] text-soft"),
        rx.el.p(sure, class_name="text-sm text-soft"),
        class_name="border-s-2 border-line ps-3",
    )
