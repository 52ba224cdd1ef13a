"""The desk's front page: who one is here, and where one may go."""

import reflex as rx

from components.controls import link_button
from components.icons import icon
from components.roles import role_chip
from components.shell import DESK_PLACES, desk_shell, if_open
from components.surface import card, heading, skeleton
from components.text import t
from state.desk import DeskState as Desk


def front() -> rx.Component:
    """One's roles, then a card for every place they open."""
    return desk_shell(
        card(
            heading(t("staff.my_roles")),
            rx.cond(
                Desk.filled,
                rx.el.ul(
                    rx.foreach(Desk.roles, lambda row: rx.el.li(role_chip(row))), class_name="flex flex-wrap gap-2"
                ),
                skeleton("h-9 w-64"),
            ),
        ),
        rx.el.ul(
            *(
                if_open(permission, rx.el.li(_place(address, drawn, key)))
                for address, drawn, key, permission in DESK_PLACES
                if address != "/desk"
            ),
            class_name="grid gap-3.5 sm:grid-cols-2 lg:grid-cols-3 lg:gap-5",
        ),
        here="/desk",
        title=t("staff.desk"),
    )


def _place(address: str, drawn: str, key: str) -> rx.Component:
    return link_button(
        icon(drawn, "size-6 text-act"),
        t(key),
        href=address,
        weight="quiet",
        class_name="w-full !justify-start border border-line !bg-card !py-4 shadow-[var(--shadow)]",
    )
