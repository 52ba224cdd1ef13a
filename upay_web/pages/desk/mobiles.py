"""The drive for mobile numbers: zones with their counts and shares, and the list to work through."""

import reflex as rx

from components.choices import chip, pick
from components.controls import button, field, icon_button, link_button
from components.icons import icon
from components.numbers import mobile, number
from components.shell import desk_shell
from components.surface import card, empty, heading, skeleton
from components.table import Column, data_table
from components.text import language, t
from state.mobiles import MobilesState as Mobiles
from upay.accounts import Reach

_LISTED = (Reach.NONE, Reach.INVALID, Reach.UNVERIFIED)


def mobiles() -> rx.Component:
    """First how things stand, then what to do about it."""
    return desk_shell(
        rx.el.p(t("mobiles.lead"), class_name="max-w-[70ch] text-soft"),
        card(heading(t("mobiles.zones")), rx.cond(Mobiles.loaded, _zones(), skeleton("h-40 w-full"))),
        card(
            heading(t("mobiles.list"), _files()),
            _filters(),
            rx.cond(Mobiles.loaded, _list(), skeleton("h-96 w-full")),
        ),
        here="/desk/mobiles",
        title=t("mobiles.title"),
    )


def _zones() -> rx.Component:
    counts = tuple(
        Column(reach.value, _named(reach.value), lambda row, key=reach.value: number(row[key]), numeric=True)
        for reach in (*_LISTED, Reach.VERIFIED)
    )
    return data_table(
        t("mobiles.zones"),
        (
            Column("zone", t("mobiles.zone"), _zone_name),
            Column("connections", t("mobiles.connections"), lambda row: number(row["connections"]), numeric=True),
            *counts,
            Column("percent", t("mobiles.share"), _share, numeric=True),
        ),
        Mobiles.zones,
    )


def _zone_name(row: rx.Var) -> rx.Component:
    return rx.fragment(rx.cond(language == "en", row["name"], row["name_hi"]))


def _share(row: rx.Var) -> rx.Component:
    """The share as a number, and as a bar beside it."""
    return rx.el.span(
        rx.el.span(number(row["percent"]), " %"),
        rx.el.span(
            rx.el.span(style={"width": f"{row['percent']}%"}, class_name="block h-full rounded-full bg-in"),
            aria_hidden="true",
            class_name="ms-2 inline-block h-2 w-20 overflow-hidden rounded-full bg-tint align-middle",
        ),
        class_name="whitespace-nowrap",
    )


def _filters() -> rx.Component:
    """One form: the address changes when it is sent."""
    reaches = (("", t("mobiles.all_reaches")), *((each.value, _named(each.value)) for each in _LISTED))
    return rx.el.form(
        rx.el.label(
            rx.el.span(t("mobiles.zone"), class_name="font-semibold"),
            rx.el.select(
                rx.el.option(t("mobiles.all_zones"), value=""),
                rx.foreach(Mobiles.zones, lambda zone: rx.el.option(_zone_name(zone), value=zone["code"])),
                name="zone",
                default_value=Mobiles.zone,
                key=f"{Mobiles.zone}-{Mobiles.zones.length()}",
                class_name="min-h-13 w-full cursor-pointer rounded-2xl border-2 border-edge bg-card px-3 text-lg",
            ),
            class_name="grid gap-2",
        ),
        pick("reach", t("mobiles.reach"), reaches, default_value=Mobiles.reach, key=Mobiles.reach),
        field(
            "search",
            t("mobiles.search"),
            "",
            "",
            type="search",
            default_value=Mobiles.search,
            key=Mobiles.search,
            max_length=60,
            auto_complete="off",
        ),
        button(t("mobiles.show"), type="submit", weight="quiet", class_name="self-end"),
        on_submit=Mobiles.filter,
        class_name="mb-4 grid gap-3 sm:grid-cols-2 xl:grid-cols-[1fr_1fr_2fr_auto]",
    )


def _list() -> rx.Component:
    return rx.cond(
        Mobiles.rows,
        rx.el.div(
            data_table(
                t("mobiles.list"),
                (
                    Column("number", t("mobiles.number"), lambda row: row["shown"]),
                    Column("name", t("mobiles.name"), lambda row: row["name"]),
                    Column("mobile", t("mobiles.mobile"), _mobile),
                    Column("zone", t("mobiles.zone"), _zone_name_of),
                    Column("address", t("mobiles.address"), lambda row: row["address"]),
                ),
                Mobiles.rows,
                Mobiles.sort,
                Mobiles.descending,
                Mobiles.order,
            ),
            _pages(),
        ),
        empty("check", t("mobiles.empty_title"), t("mobiles.empty_help")),
    )


def _zone_name_of(row: rx.Var) -> rx.Component:
    return rx.fragment(rx.cond(language == "en", row["zone"], row["zone_hi"]), " · ", row["dtr"])


def _mobile(row: rx.Var) -> rx.Component:
    tones = {Reach.NONE: "bg-tint text-ink", Reach.INVALID: "bg-due-tint text-due"}
    return rx.el.span(
        rx.cond(row["mobile"] != "", rx.el.span(mobile(row["mobile"]), class_name="me-2"), rx.fragment()),
        rx.match(
            row["reach"],
            *((each.value, chip(_named(each.value), tone=tones.get(each, "bg-sun-tint text-ink"))) for each in _LISTED),
            rx.fragment(),
        ),
    )


def _named(reach: str) -> rx.Var[str]:
    return t(f"mobiles.reach_{reach}")


def _pages() -> rx.Component:
    return rx.el.nav(
        icon_button(
            icon("left", "size-5"), t("mobiles.earlier"), on_click=Mobiles.turn(-1), disabled=Mobiles.page == 0
        ),
        rx.el.span(t("mobiles.page", page=number(Mobiles.page + 1)), class_name="text-soft", aria_live="polite"),
        icon_button(icon("right", "size-5"), t("mobiles.later"), on_click=Mobiles.turn(1), disabled=~Mobiles.has_more),
        aria_label=t("mobiles.pages"),
        class_name="mt-4 flex items-center justify-center gap-4",
    )


def _files() -> rx.Component:
    return rx.el.div(
        *(
            link_button(
                icon("download", "size-5"), label, href=url, leaves=True, weight="plain", class_name="!min-h-11"
            )
            for label, url in (("CSV", Mobiles.csv_url), ("XLSX", Mobiles.xlsx_url))
        ),
        class_name="flex flex-wrap",
    )
