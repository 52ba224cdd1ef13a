"""The audit log: filtered, exported, proved."""

from typing import Any

import reflex as rx

from components.controls import button, link_button
from components.fields import select_field, text_field
from components.icons import icon
from components.numbers import date_text, number, time_text
from components.shell import desk_shell
from components.surface import card, empty, heading, notice, skeleton
from components.table import Column, data_table
from components.text import either, language, t, t_code
from state.audit import KINDS
from state.audit import AuditState as Audit


def audit() -> rx.Component:
    """Proof first, then the filters, then the entries."""
    return desk_shell(
        card(_proof(), label=t("audit.proof")),
        card(
            _filters(),
            rx.cond(
                Audit.filled,
                rx.cond(
                    Audit.rows.length() > 0,
                    rx.fragment(data_table(t("audit.title"), _columns(), Audit.rows), _pages()),
                    empty("ledger", t("audit.nothing"), t("audit.nothing_help")),
                ),
                skeleton("h-80 w-full"),
            ),
        ),
        here="/desk/audit",
        title=t("audit.title"),
    )


def _proof() -> rx.Component:
    return rx.fragment(
        heading(
            t("audit.proof"),
            button(
                icon("check", "size-5"),
                rx.cond(Audit.verifying, t("audit.verifying"), t("audit.verify")),
                type="button",
                weight="quiet",
                on_click=Audit.verify,
                disabled=Audit.verifying,
                class_name="!min-h-11",
            ),
        ),
        rx.el.p(t("audit.proof_help"), class_name="max-w-[70ch] text-[0.9375rem] text-soft"),
        rx.cond(
            Audit.verified,
            rx.cond(
                Audit.broken_at == 0,
                notice(
                    rx.el.p(t("audit.whole_short", count=number(Audit.counted)), class_name="font-semibold"),
                    rx.el.p(Audit.counted.to_string() + ":" + Audit.seal, class_name="break-all text-sm"),
                    tone="in",
                    role="status",
                ),
                notice(t_code(Audit.broken_why, {"number": Audit.broken_at}, "audit"), tone="due", role="alert"),
            ),
            rx.fragment(),
        ),
    )


def _filters() -> rx.Component:
    return rx.el.form(
        select_field(
            "who",
            t("audit.who"),
            rx.el.option(t("audit.anybody"), value=""),
            rx.el.option(t("audit.machine"), value="0"),
            rx.foreach(Audit.people, lambda one: rx.el.option(one["name"], value=one["id"])),
            default_value=Audit.who,
            # A field that the person fills is drawn anew when the address says something else.
            key=Audit.who + Audit.people.length().to_string(),
        ),
        text_field("number", t("audit.whose"), input_mode="numeric", default_value=Audit.number, key=Audit.number),
        select_field(
            "what",
            t("audit.what"),
            *(rx.el.option(t(_kind(kind)), value=kind) for kind in KINDS),
            default_value=Audit.what,
            key=Audit.what,
        ),
        text_field("from", t("audit.from"), type="date", default_value=Audit.first, key=Audit.first),
        text_field("to", t("audit.to"), type="date", default_value=Audit.last, key=Audit.last),
        button(t("audit.seek"), type="submit", class_name="!min-h-11 sm:mt-6"),
        link_button(
            icon("download", "size-4"),
            "CSV",
            href=f"{Audit.export_url}&language={language}",
            weight="quiet",
            leaves=True,
            download=True,
            class_name="!min-h-11 sm:mt-6",
        ),
        on_submit=Audit.seek,
        class_name="mb-4 flex flex-wrap items-start gap-3",
    )


def _columns() -> list[Column]:
    return [
        Column("at", t("audit.when"), _when),
        Column("who", t("audit.who"), lambda row: rx.cond(row["who"] != "", row["who"], t("audit.machine"))),
        Column("what", t("audit.what"), lambda row: either(row["what"])),
        Column("number", t("audit.whose"), lambda row: row["number"]),
        Column("about", t("audit.about"), lambda row: row["about"]),
        Column("why", t("audit.why"), lambda row: rx.el.span(either(row["why"]), class_name="whitespace-normal")),
        Column("place", t("audit.place"), lambda row: row["place"]),
        Column("id", t("audit.number"), lambda row: row["id"].to_string(), numeric=True),
    ]


def _when(row: Any) -> rx.Component:
    return rx.fragment(date_text(row["day"], "long"), ", ", time_text(row["at_s"]))


def _pages() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Audit.newest_url != "",
            link_button(t("audit.newest"), href=Audit.newest_url, weight="quiet", class_name="!min-h-11"),
            rx.fragment(),
        ),
        rx.cond(
            Audit.older_url != "",
            link_button(
                t("audit.older"), icon("right", "size-4"), href=Audit.older_url, weight="quiet", class_name="!min-h-11"
            ),
            rx.fragment(),
        ),
        class_name="mt-4 flex justify-end gap-3 empty:hidden",
    )


def _kind(kind: str) -> str:
    return f"audit.kind_{kind.rstrip('.') or 'all'}"
