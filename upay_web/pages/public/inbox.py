"""The demonstration's SMS inbox: the codes that a phone would have received."""

import reflex as rx

from components.controls import button
from components.icons import icon
from components.numbers import ago, mobile
from components.shell import plain_shell
from components.surface import card, empty, heading, skeleton
from components.text import t
from state.inbox import AppCode, InboxState, Sms


def inbox() -> rx.Component:
    """Newest first, fresh within a second."""
    return plain_shell(
        rx.el.div(
            rx.el.h1(t("inbox.title"), class_name="text-[1.75rem] font-semibold leading-tight"),
            rx.el.p(t("inbox.lead"), class_name="mt-1 text-soft"),
            class_name="mt-4",
        ),
        rx.cond(
            InboxState.app_codes,
            card(
                heading(t("inbox.app_codes")),
                rx.el.ul(rx.foreach(InboxState.app_codes, _app_code), class_name="grid gap-x-8 md:grid-cols-2"),
            ),
            rx.fragment(),
        ),
        rx.cond(
            InboxState.loaded,
            rx.cond(
                InboxState.messages,
                rx.el.ul(rx.foreach(InboxState.messages, _message), class_name="grid gap-3 md:grid-cols-2"),
                card(empty("message", t("inbox.empty_title"), t("inbox.empty_text"))),
            ),
            rx.el.div(skeleton("h-36 w-full"), skeleton("h-36 w-full"), class_name="grid gap-3 md:grid-cols-2"),
        ),
    )


def _app_code(shown: rx.Var[AppCode]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(shown["name"]),
            rx.el.p(mobile(shown["mobile"]), class_name="text-sm text-soft"),
            class_name="flex-1",
        ),
        rx.el.code(shown["code"], class_name="text-2xl font-semibold tracking-[0.12em]"),
        key=shown["mobile"],
        class_name="flex items-center gap-4 border-b border-line py-2",
    )


def _message(message: rx.Var[Sms]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(t("inbox.to", number=mobile(message["to"]))),
            rx.el.span(ago(message["sent_s"])),
            class_name="flex justify-between gap-4 text-sm text-soft",
        ),
        rx.cond(
            message["code"] != "",
            rx.el.div(
                rx.el.span(message["code"], class_name="text-[2.5rem] font-semibold leading-none tracking-[0.12em]"),
                button(
                    icon("copy", "size-5"),
                    t("common.copy"),
                    weight="quiet",
                    type="button",
                    on_click=rx.set_clipboard(message["code"]),
                    aria_label=t("inbox.copy", code=message["code"]),
                ),
                class_name="my-3 flex items-center justify-between gap-4",
            ),
            rx.fragment(),
        ),
        rx.el.p(message["text"], lang=message["language"]),
        key=message["id"].to_string(),
        class_name="rise rounded-[1.25rem] border border-line bg-card p-4 shadow-[var(--shadow)]",
    )
