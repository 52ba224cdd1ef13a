"""The tariff desk: what holds and since when, and where it comes from."""

from typing import Any

import reflex as rx

from components.controls import link_button
from components.icons import icon
from components.numbers import date_text
from components.shell import desk_shell
from components.surface import card, heading, notice, skeleton
from components.table import Column, data_table
from components.text import either, t
from state.tariffs import TariffState as Desk
from upay_web.pages.desk.tariff_form import new_row
from upay_web.pages.desk.tariff_proposals import proposals


def tariffs() -> rx.Component:
    """Proposals that wait come first; then one tariff, its versions and its parts, and the form beside them."""
    return desk_shell(
        _told(),
        proposals(),
        rx.el.nav(rx.foreach(Desk.tariffs, _tariff), aria_label=t("tariff.tariff"), class_name="flex flex-wrap gap-2"),
        rx.cond(Desk.topic != "", new_row(), rx.fragment()),
        _parts(),
        _versions(),
        here="/desk/tariffs",
        title=t("tariff.desk_title"),
    )


def _told() -> rx.Component:
    done = rx.match(
        Desk.done,
        ("proposed", t("tariff.done_proposed")),
        ("approved", t("tariff.done_approved")),
        t("tariff.done_rejected"),
    )
    return rx.el.div(
        rx.cond(Desk.done != "", notice(done, tone="in", role="status"), rx.fragment()),
        rx.cond(Desk.problem.length() > 0, notice(either(Desk.problem), tone="due", role="alert"), rx.fragment()),
        class_name="grid gap-3 empty:hidden",
    )


def _tariff(row: Any) -> rx.Component:
    return link_button(
        either(row["name"]),
        href="/desk/tariffs?t=" + row["id"],
        weight="quiet",
        aria_current=rx.cond(row["chosen"], "true", "false"),
        class_name="!min-h-11 aria-[current=true]:bg-act aria-[current=true]:text-on-act",
    )


def _parts() -> rx.Component:
    columns = (
        Column("name", t("tariff.part"), _part_name),
        Column("since", t("tariff.from"), lambda row: date_text(row["since"], "long")),
        Column("values", t("tariff.values"), lambda row: _wrapped(row["values"])),
        Column("source", t("tariff.source"), lambda row: _wrapped(row["source"])),
        Column("confidence", t("tariff.confidence"), lambda row: row["confidence"]),
    )
    return card(
        heading(t("tariff.parts"), rx.el.span(Desk.category, class_name="text-sm text-soft")),
        rx.cond(Desk.filled, data_table(t("tariff.parts"), columns, Desk.parts), skeleton("h-80 w-full")),
    )


def _part_name(row: Any) -> rx.Component:
    link = link_button(
        either(row["name"]),
        href="/desk/tariffs?t=" + Desk.tariff_id + "&part=" + row["topic"],
        weight="plain",
        class_name="!min-h-11 -ms-3",
    )
    return rx.cond(Desk.may_propose, link, rx.el.span(either(row["name"])))


def _wrapped(text: Any) -> rx.Component:
    return rx.el.span(text, lang="en", class_name="block min-w-52 max-w-[52ch] whitespace-normal")


def _versions() -> rx.Component:
    columns = (
        Column("version", t("tariff.version"), _version),
        Column("first", t("tariff.from"), lambda row: date_text(row["first"], "long")),
        Column("last", t("tariff.until"), lambda row: rx.cond(row["last"] != "", date_text(row["last"], "long"), "–")),
    )
    return card(
        heading(t("tariff.versions")),
        rx.cond(Desk.filled, data_table(t("tariff.versions"), columns, Desk.versions), skeleton("h-32 w-full")),
    )


def _version(row: Any) -> rx.Component:
    return rx.el.span(
        rx.el.code(row["version"]),
        rx.cond(row["here"], icon("check", "size-4 text-in"), rx.fragment()),
        class_name="inline-flex items-center gap-2",
    )
