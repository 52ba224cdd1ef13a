"""Who works here, and (for an administrator) giving, changing and ending roles."""

from typing import Any

import reflex as rx

from components.controls import button
from components.icons import icon
from components.numbers import mobile
from components.roles import role_chip
from components.shell import desk_shell
from components.surface import card, empty, heading, notice, skeleton
from components.table import Column, data_table
from components.text import t, t_code
from state.staff_list import NEWCOMER
from state.staff_list import StaffState as Staff
from upay_web.pages.desk.staff_roles import roles_form


def staff() -> rx.Component:
    """The list; above it, while one writes, the form."""
    return desk_shell(
        _news(),
        rx.cond(Staff.person_id != 0, roles_form(), rx.fragment()),
        card(
            heading(
                t("staff.list"),
                rx.cond(
                    Staff.tends,
                    button(
                        icon("people", "size-5"),
                        t("staff.invite"),
                        type="button",
                        on_click=Staff.begin(NEWCOMER),
                        class_name="!min-h-11",
                    ),
                    rx.fragment(),
                ),
            ),
            rx.cond(
                Staff.filled,
                rx.cond(
                    Staff.rows.length() > 0,
                    data_table(t("staff.list"), _columns(), Staff.rows),
                    empty("people", t("staff.nobody"), t("staff.nobody_help")),
                ),
                skeleton("h-60 w-full"),
            ),
        ),
        here="/desk/staff",
        title=t("staff.title"),
    )


def _news() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Staff.problem != "",
            notice(t_code(Staff.problem, Staff.problem_params, "staff", "sign_in"), tone="due", role="alert"),
            rx.fragment(),
        ),
        rx.cond(
            Staff.done != "",
            notice(
                rx.el.div(
                    rx.el.span(t_code(Staff.done, {}, "staff")),
                    rx.cond(
                        Staff.can_undo,
                        button(t("staff.undo"), type="button", weight="plain", on_click=Staff.undo),
                        rx.fragment(),
                    ),
                    class_name="flex flex-wrap items-center justify-between gap-x-4",
                ),
                tone="in",
                role="status",
            ),
            rx.fragment(),
        ),
        class_name="grid gap-3 empty:hidden",
    )


def _columns() -> list[Column]:
    return [
        Column("name", t("staff.name"), lambda row: rx.el.span(row["name"], class_name="font-semibold")),
        Column("mobile", t("staff.mobile"), lambda row: mobile(row["mobile"])),
        Column("roles", t("staff.roles"), _roles),
        Column("change", t("staff.change"), _change, shown=Staff.tends),
    ]


def _roles(row: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(row["roles"].to(list[dict[str, str]]), role_chip),
        class_name="flex min-w-[14rem] flex-wrap gap-1.5 whitespace-normal",
    )


def _change(row: Any) -> rx.Component:
    return button(
        t("staff.change"),
        type="button",
        weight="quiet",
        on_click=Staff.begin(row["id"]),
        aria_label=t("staff.change_of", name=row["name"]),
        class_name="!min-h-11",
    )
