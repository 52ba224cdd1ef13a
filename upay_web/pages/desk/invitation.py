"""The answer to an invitation to work here."""

import reflex as rx

from components.controls import button, link_button
from components.roles import role_chip
from components.shell import plain_shell
from components.surface import card, empty, notice, skeleton
from components.text import t, t_code
from state.desk import InvitationState as Invitation


def invitation() -> rx.Component:
    """What is offered, and two buttons."""
    return plain_shell(
        rx.el.div(
            rx.cond(
                Invitation.problem != "",
                notice(t_code(Invitation.problem, {}, "staff"), tone="due", role="alert"),
                rx.fragment(),
            ),
            rx.cond(
                Invitation.filled,
                rx.cond(Invitation.offered.length() > 0, card(_offer()), _none()),
                card(skeleton("h-40 w-full")),
            ),
            class_name="mx-auto grid w-full max-w-[34rem] gap-4 pt-4 sm:pt-10",
        )
    )


def _offer() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("staff.invitation_title"), class_name="text-[1.75rem] font-semibold leading-tight"),
        rx.el.p(t("staff.invitation_text"), class_name="mt-1 text-soft"),
        rx.el.ul(
            rx.foreach(Invitation.offered, lambda row: rx.el.li(role_chip(row))), class_name="my-5 flex flex-wrap gap-2"
        ),
        rx.el.div(
            button(t("staff.accept"), type="button", on_click=Invitation.accept),
            button(t("staff.decline"), type="button", weight="quiet", on_click=Invitation.decline),
            class_name="flex flex-wrap gap-3",
        ),
    )


def _none() -> rx.Component:
    return empty(
        "info",
        rx.cond(Invitation.declined, t("staff.declined_title"), t("staff.no_invitation_title")),
        rx.cond(Invitation.declined, t("staff.declined_text"), t("staff.no_invitation")),
        link_button(t("common.to_home"), href="/home"),
        is_page=True,
    )
