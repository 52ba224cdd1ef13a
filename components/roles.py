"""Roles in words."""

from typing import Any

import reflex as rx

from components.numbers import date_text
from components.text import t
from upay.accounts import Role


def role_name(role: Any) -> rx.Component:
    """The name of a role. role: Var of its value."""
    return rx.fragment(rx.match(role, *((each.value, t(f"staff.{each.value}")) for each in Role), ""))


def role_chip(row: Any, *aside: Any) -> rx.Component:
    """A role as it is held: name, zone, end, and what is still open about it. row: Var of {role, zone, last, state}."""
    return rx.el.span(
        rx.el.span(role_name(row["role"]), class_name="font-semibold"),
        rx.el.span(rx.cond(row["zone"] != "", row["zone"], t("staff.all_zones")), class_name="text-soft"),
        rx.cond(
            row["last"] != "",
            rx.el.span(t("staff.until", day=date_text(row["last"], "long")), class_name="text-soft"),
            rx.fragment(),
        ),
        rx.match(
            row["state"],
            ("invited", rx.el.span(t("staff.state_invited"), class_name="text-sun-ink")),
            ("lapsed", rx.el.span(t("staff.state_lapsed"), class_name="text-due")),
            ("coming", rx.el.span(t("staff.state_coming"), class_name="text-sun-ink")),
            rx.fragment(),
        ),
        *aside,
        class_name="inline-flex flex-wrap items-center gap-x-2 rounded-2xl bg-tint px-3 py-1 text-[0.9375rem]",
    )
