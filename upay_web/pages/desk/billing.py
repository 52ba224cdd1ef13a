"""The billing desk: a cycle at a glance, zone by zone; trying it and running it."""

import reflex as rx

from components.controls import button, link_button
from components.icons import icon
from components.numbers import date_text, kwh, money, number
from components.shell import desk_shell
from components.surface import card, heading, notice, skeleton, stat, stats
from components.table import Column, data_table
from components.text import language, t, t_code
from state.billing import BillingState as Desk
from state.billing import Kind, ZoneRow


def billing() -> rx.Component:
    """Totals, what waits, and the zones."""
    return desk_shell(
        _months(),
        rx.cond(
            Desk.problem != "",
            notice(t_code(Desk.problem, Desk.problem_params, "billing"), tone="due", role="alert"),
            rx.fragment(),
        ),
        card(_totals(), label=t("billing.desk_totals")),
        card(heading(t("billing.desk_waiting"), _to_queue()), _kinds()),
        rx.cond(Desk.asked_zone != "", _confirm(), rx.fragment()),
        card(heading(t("billing.desk_zones")), rx.cond(Desk.filled, _zones(), skeleton("h-64 w-full"))),
        here="/desk/billing",
        title=t("billing.desk_title"),
    )


def _months() -> rx.Component:
    def step(cycle: rx.Var[str], drawn: str, key: str) -> rx.Component:
        return rx.cond(
            cycle != "",
            rx.el.a(
                icon(drawn),
                href=f"/desk/billing?cycle={cycle}",
                aria_label=t(key),
                class_name="inline-grid size-11 place-items-center rounded-full border border-line bg-card "
                "hover:bg-tint",
            ),
            rx.el.span(class_name="size-11"),
        )

    return rx.el.div(
        step(Desk.earlier, "left", "billing.desk_earlier"),
        rx.el.h2(
            rx.cond(Desk.cycle != "", date_text(f"{Desk.cycle}-01", "month"), ""),
            class_name="min-h-7 min-w-44 text-center text-lg font-semibold",
        ),
        step(Desk.later, "right", "billing.desk_later"),
        class_name="flex items-center gap-2",
    )


def _totals() -> rx.Component:
    share = rx.cond(Desk.connections > 0, (Desk.billed * 1000 / Desk.connections).to(int) / 10, 0)
    change = rx.cond(
        Desk.before_paise > 0, ((Desk.total_paise - Desk.before_paise) * 100 / Desk.before_paise).to(int), 0
    )
    compared = rx.cond(
        Desk.before_paise > 0,
        rx.cond(
            change >= 0,
            t("billing.desk_more", percent=number(change)),
            t("billing.desk_less", percent=number(-change)),
        ),
        "",
    )
    return rx.cond(
        Desk.filled,
        stats(
            stat(t("billing.desk_charged"), money(Desk.total_paise), "", compared),
            stat(t("billing.desk_billed"), number(Desk.billed), "", t("billing.desk_share", percent=number(share, 1))),
            stat(t("billing.desk_unbilled"), number(Desk.connections - Desk.billed)),
            stat(t("billing.desk_provisional"), number(Desk.provisional)),
        ),
        skeleton("h-[4.75rem] w-full"),
    )


def _to_queue() -> rx.Component:
    return link_button(
        t("billing.desk_to_queue", count=number(Desk.waiting)),
        icon("right", "size-4"),
        href=f"/desk/billing/exceptions?cycle={Desk.cycle}",
        weight="plain",
    )


def _kinds() -> rx.Component:
    def one(kind: rx.Var[Kind]) -> rx.Component:
        return rx.el.li(
            rx.el.a(
                exception_word(kind["code"]),
                rx.el.span(number(kind["count"]), class_name="font-semibold"),
                href=f"/desk/billing/exceptions?cycle={Desk.cycle}&code={kind['code']}",
                class_name="inline-flex min-h-11 items-center gap-3 rounded-2xl bg-tint px-4 no-underline text-ink",
            )
        )

    return rx.cond(
        Desk.kinds.length() > 0,
        rx.el.ul(rx.foreach(Desk.kinds, one), class_name="flex flex-wrap gap-2"),
        rx.el.p(t("billing.desk_nothing_waits"), class_name="min-h-11 text-soft"),
    )


def exception_word(code: rx.Var[str]) -> rx.Component:
    """What a kind of exception is called."""
    words = ("tariff_unknown", "tariff_load", "tariff_category", "missing", "negative", "absurd", "zero", "high", "low")
    others = ("unpriced", "reversed")
    return rx.el.span(rx.match(code, *((word, t(f"billing.exception_{word}")) for word in (*words, *others)), code))


def _confirm() -> rx.Component:
    def of_zone(row: rx.Var[ZoneRow]) -> rx.Component:
        return rx.cond(
            row["code"] == Desk.asked_zone,
            rx.cond(
                row["dry_paise"] >= 0,
                rx.el.div(
                    rx.el.p(
                        t(
                            "billing.desk_would",
                            zone=row["code"],
                            bills=number(row["dry_billed"]),
                            exceptions=number(row["dry_exceptions"]),
                            amount=money(row["dry_paise"]),
                        ),
                        class_name="font-semibold",
                    ),
                    rx.el.div(
                        button(t("billing.desk_run"), on_click=Desk.bill(row["code"]), type="button"),
                        button(t("billing.desk_not_now"), on_click=Desk.forget, type="button", weight="quiet"),
                        class_name="mt-3 flex flex-wrap gap-3",
                    ),
                ),
                rx.el.p(t("billing.desk_trying", zone=row["code"])),
            ),
            rx.fragment(),
        )

    return notice(rx.foreach(Desk.zones, of_zone), tone="sun", role="status")


def _zones() -> rx.Component:
    columns = (
        Column("zone", t("billing.column_zone"), _zone_name),
        Column("state", t("billing.column_state"), _state),
        Column("connections", t("billing.column_connections"), lambda row: number(row["connections"]), True),
        Column("billed", t("billing.desk_billed"), lambda row: number(row["billed"]), True),
        Column("unbilled", t("billing.desk_unbilled"), lambda row: number(row["unbilled"]), True),
        Column("provisional", t("billing.desk_provisional"), lambda row: number(row["provisional"]), True),
        Column("exceptions", t("billing.column_waiting"), lambda row: number(row["exceptions"]), True),
        Column("units", t("billing.column_units"), lambda row: kwh(row["units_wh"], 0), True),
        Column("amount", t("billing.desk_charged"), lambda row: money(row["current_paise"]), True),
        Column("before", t("billing.column_before"), _before, True),
        Column("run", t("billing.column_run"), _run_button, shown=Desk.may_run),
    )
    return data_table(t("billing.desk_zones"), columns, Desk.zones)


def _zone_name(row: rx.Var[ZoneRow]) -> rx.Component:
    return rx.el.span(
        rx.el.span(row["code"], class_name="font-semibold"),
        rx.el.span(" · ", rx.cond(language == "hi", row["name_hi"], row["name"]), class_name="text-soft"),
    )


def _state(row: rx.Var[ZoneRow]) -> rx.Component:
    return rx.match(
        row["state"],
        ("done", rx.el.span(t("billing.state_done"), class_name="text-in")),
        (
            "running",
            rx.el.span(
                t("billing.state_running", percent=number(row["percent"])), class_name="font-semibold", role="status"
            ),
        ),
        rx.el.span(t("billing.state_none"), class_name="text-soft"),
    )


def _before(row: rx.Var[ZoneRow]) -> rx.Component:
    return rx.el.span(rx.cond(row["before_paise"] >= 0, money(row["before_paise"]), "–"), class_name="text-soft")


def _run_button(row: rx.Var[ZoneRow]) -> rx.Component:
    return button(
        t("billing.desk_try"),
        on_click=Desk.ask(row["code"]),
        type="button",
        weight="quiet",
        disabled=Desk.running | (row["state"] == "running"),
        class_name="min-h-11 text-sm",
    )
