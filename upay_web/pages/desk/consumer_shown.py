"""One connection as the desk sees it: read, never changed."""

from typing import Any

import reflex as rx

from components.numbers import ago, date_text, kwh, mobile, number, time_text
from components.surface import card, heading, notice
from components.table import Column, data_table
from components.text import either, t
from state.consumers import ConsumersState as Consumers

_one = Consumers.shown


def shown() -> rx.Component:
    """Four cards: the connection, its meters, the last days, the people."""
    return rx.fragment(
        notice(t("staff.look_kept"), tone="sun"),
        rx.el.div(
            card(heading(_one["name"], rx.el.span(_one["number"], class_name="text-soft")), _facts()),
            card(heading(t("staff.meters")), data_table(t("staff.meters"), _meters(), Consumers.meters), _last_read()),
            card(heading(t("staff.last_days")), data_table(t("staff.last_days"), _days(), Consumers.days)),
            card(
                heading(t("staff.people")),
                rx.cond(
                    Consumers.links.length() > 0,
                    data_table(t("staff.people"), _people(), Consumers.links),
                    rx.el.p(t("staff.people_none"), class_name="text-soft"),
                ),
            ),
            class_name="grid grid-cols-[minmax(0,1fr)] gap-3.5 lg:grid-cols-2 lg:items-start lg:gap-5",
        ),
    )


def _facts() -> rx.Component:
    return rx.el.dl(
        _fact(t("staff.mobile"), rx.cond(_one["mobile"] != "", mobile(_one["mobile"]), t("staff.mobile_none"))),
        _fact(t("staff.address"), _one["address"]),
        _fact(t("staff.place"), _one["place"]),
        _fact(t("staff.tariff"), rx.fragment(_one["category"], " · ", _one["tariff"])),
        _fact(t("staff.load"), rx.fragment(kwh(_one["load_w"], 1), " kW")),
        _fact(t("staff.paying"), rx.cond(_one["prepaid"], t("staff.prepaid"), t("staff.postpaid"))),
        _fact(t("staff.solar"), rx.cond(_one["has_solar"], t("staff.yes"), t("staff.no"))),
        _fact(t("staff.energised"), rx.cond(_one["since"] != "", date_text(_one["since"], "long"), "–")),
        rx.cond(_one["ended"] != "", _fact(t("staff.ended"), date_text(_one["ended"], "long")), rx.fragment()),
        class_name="grid gap-1.5",
    )


def _fact(name: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-soft"),
        rx.el.dd(value, class_name="min-w-0 text-end break-words"),
        class_name="flex justify-between gap-x-4",
    )


def _last_read() -> rx.Component:
    return rx.el.p(
        t("staff.last_read"),
        " ",
        rx.cond(
            _one["last_read_s"] > 0,
            rx.fragment(time_text(_one["last_read_s"]), " · ", ago(_one["last_read_s"])),
            "–",
        ),
        class_name="mt-3 text-[0.9375rem] text-soft",
    )


def _meters() -> list[Column]:
    return [
        Column("serial", t("staff.serial"), lambda row: row["serial"]),
        Column("since", t("staff.from"), lambda row: ago(row["since_s"])),
        Column("until", t("staff.to"), lambda row: rx.cond(row["until_s"] > 0, ago(row["until_s"]), t("staff.stands"))),
    ]


def _days() -> list[Column]:
    return [
        Column("day", t("staff.day"), lambda row: date_text(row["day"], "weekday")),
        Column("wh", t("staff.units"), lambda row: kwh(row["wh"], 2), numeric=True),
        Column(
            "estimated",
            t("staff.estimated"),
            lambda row: rx.fragment(number(row["estimated"]), " / ", number(row["blocks"])),
            numeric=True,
        ),
    ]


def _people() -> list[Column]:
    return [
        Column("name", t("staff.name"), lambda row: rx.cond(row["name"] != "", row["name"], "–")),
        Column("mobile", t("staff.mobile"), lambda row: mobile(row["mobile"])),
        Column("relation", t("staff.relation"), _relation),
        Column("rights", t("staff.rights"), _rights),
    ]


def _rights(row: Any) -> rx.Component:
    return rx.el.span(either(row["rights"]), class_name="whitespace-normal")


def _relation(row: Any) -> rx.Component:
    return rx.fragment(
        rx.match(
            row["relation"],
            ("owner", t("staff.relation_owner")),
            ("family", t("staff.relation_family")),
            ("friend", t("staff.relation_friend")),
            row["relation"],
        )
    )
