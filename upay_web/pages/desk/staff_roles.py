"""Writing down which roles somebody shall hold, looking it over, and confirming."""

from typing import Any

import reflex as rx

from components.controls import button
from components.fields import select_field, text_field
from components.numbers import mobile
from components.roles import role_chip
from components.surface import card, heading, notice
from components.text import language, t
from state.staff_list import NEWCOMER
from state.staff_list import StaffState as Staff
from upay.accounts import Role

_ADD = "add-role"
_REVIEW = "review-roles"


def roles_form() -> rx.Component:
    """The roles so far, one more, and why; then what confirming would do."""
    return card(
        rx.cond(
            Staff.person_id == NEWCOMER,
            heading(t("staff.invite")),
            heading(t("staff.change_of", name=Staff.name), rx.el.span(mobile(Staff.mobile), class_name="text-soft")),
        ),
        rx.el.div(
            rx.el.p(t("staff.shall_hold"), class_name="text-sm font-semibold"),
            rx.el.ul(
                rx.foreach(Staff.draft, lambda row: rx.el.li(role_chip(row, _drop(row)))),
                class_name="flex flex-wrap gap-2 empty:hidden",
            ),
            rx.cond(
                Staff.draft.length() == 0,
                rx.el.p(t("staff.holds_nothing"), class_name="text-soft"),
                rx.fragment(),
            ),
            class_name="grid gap-2",
        ),
        _one_more(),
        rx.cond(Staff.asks, _confirm(), _review()),
    )


def _drop(row: Any) -> rx.Component:
    return rx.el.button(
        t("staff.drop"),
        type="button",
        on_click=Staff.drop_role(row["role"], row["zone"]),
        class_name="min-h-9 cursor-pointer px-1 text-act underline underline-offset-4",
    )


def _one_more() -> rx.Component:
    return rx.el.form(
        select_field("role", t("staff.role"), *(rx.el.option(t(f"staff.{role.value}"), value=role) for role in Role)),
        select_field(
            "zone",
            t("staff.zone"),
            rx.cond(Staff.everywhere, rx.el.option(t("staff.all_zones"), value=""), rx.fragment()),
            rx.foreach(
                Staff.zones,
                lambda zone: rx.el.option(
                    zone["code"], " · ", rx.cond(language == "en", zone["en"], zone["hi"]), value=zone["code"]
                ),
            ),
        ),
        text_field("last", t("staff.last_day"), t("staff.last_day_hint"), type="date"),
        button(t("staff.add"), type="submit", weight="quiet", class_name="!min-h-11 sm:mt-6"),
        id=_ADD,
        on_submit=Staff.add_role,
        class_name="mt-4 flex flex-wrap items-start gap-3",
    )


def _review() -> rx.Component:
    return rx.el.form(
        rx.cond(
            Staff.person_id == NEWCOMER,
            rx.el.div(
                text_field("name", t("staff.name"), auto_complete="off", max_length=80, default_value=Staff.name),
                text_field(
                    "mobile",
                    t("staff.mobile"),
                    t("staff.mobile_hint"),
                    type="tel",
                    input_mode="tel",
                    auto_complete="off",
                    default_value=Staff.mobile,
                ),
                class_name="flex flex-wrap gap-3",
            ),
            rx.fragment(),
        ),
        text_field("why", t("staff.why"), t("staff.why_hint"), max_length=300, default_value=Staff.why),
        rx.el.div(
            button(t("staff.review"), type="submit"),
            button(t("staff.leave"), type="button", weight="plain", on_click=Staff.close),
            class_name="flex flex-wrap gap-3",
        ),
        id=_REVIEW,
        on_submit=Staff.review,
        class_name="mt-4 grid gap-4 border-t border-line pt-4",
    )


def _confirm() -> rx.Component:
    return rx.el.div(
        notice(
            rx.el.p(rx.cond(Staff.name != "", Staff.name, mobile(Staff.mobile)), class_name="font-semibold"),
            _list(t("staff.will_give"), Staff.gives),
            _list(t("staff.will_end"), Staff.ends),
            rx.el.p(t("staff.because", why=Staff.why)),
            tone="sun",
            role="status",
        ),
        rx.el.div(
            button(t("staff.confirm"), type="button", on_click=Staff.confirm),
            button(t("staff.leave"), type="button", weight="plain", on_click=Staff.close),
            class_name="flex flex-wrap gap-3",
        ),
        class_name="mt-4 grid gap-4 border-t border-line pt-4",
    )


def _list(title: Any, rows: Any) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.div(
            rx.el.span(title),
            rx.foreach(rows, lambda row: role_chip(row)),
            class_name="my-1 flex flex-wrap items-center gap-2",
        ),
        rx.fragment(),
    )
