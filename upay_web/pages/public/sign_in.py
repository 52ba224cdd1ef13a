"""Signing in: the mobile number, then the code. Plain forms that work before the page's script has loaded."""

import reflex as rx

from components.controls import button, field, link_button, post_form
from components.icons import icon
from components.page import countdown, query, query_values
from components.shell import plain_shell
from components.surface import card
from components.text import language, t, t_code
from state.inbox import InboxState

RESEND_S = 30


def sign_in() -> rx.Component:
    """The first step: which number."""
    return _frame(
        rx.el.h1(t("sign_in.title"), class_name="text-[1.75rem] font-semibold leading-tight"),
        rx.el.p(t("sign_in.lead"), class_name="mt-1 mb-6 text-soft"),
        post_form(
            _carried(),
            field(
                "mobile",
                t("sign_in.mobile"),
                t("sign_in.mobile_hint"),
                t_code(query("e"), query_values(), "sign_in"),
                type="tel",
                input_mode="tel",
                auto_complete="tel",
                auto_focus=True,
                data_keep="mobile",
            ),
            button(t("sign_in.send"), type="submit", class_name="w-full"),
            action="/api/v1/sign-in/code",
            class_name="grid gap-5",
        ),
        rx.el.p(t("sign_in.privacy"), class_name="mt-5 text-sm text-soft"),
        _demo_link(),
    )


def code() -> rx.Component:
    """The second step: the code that was sent."""
    left = countdown(RESEND_S)
    return _frame(
        rx.el.h1(t("sign_in.code_title"), class_name="text-[1.75rem] font-semibold leading-tight"),
        rx.el.p(
            rx.cond(
                query("ending") != "", t("sign_in.code_lead", ending=query("ending"), minutes=query("minutes")), ""
            ),
            class_name="mt-1 mb-6 min-h-12 text-soft",
        ),
        post_form(
            _carried("ending", "minutes"),
            field(
                "code",
                t("sign_in.code"),
                "",
                t_code(query("e"), query_values(), "sign_in"),
                type="text",
                input_mode="numeric",
                auto_complete="one-time-code",
                auto_focus=True,
                max_length=12,
                class_name="text-center text-[1.75rem] font-semibold tracking-[0.35em]",
            ),
            button(t("sign_in.verify"), type="submit", class_name="w-full"),
            action="/api/v1/sign-in/verify",
            class_name="grid gap-5",
        ),
        post_form(
            _carried(),
            rx.el.input(type="hidden", name="again", value="true"),
            button(
                rx.cond(left > 0, t("sign_in.resend_wait", seconds=left), t("sign_in.resend")),
                type="submit",
                weight="plain",
                disabled=left > 0,
            ),
            link_button(t("sign_in.other_number"), href="/sign-in", weight="plain"),
            action="/api/v1/sign-in/code",
            class_name="mt-3 flex flex-wrap justify-between gap-x-4",
        ),
        _demo_link(),
    )


def _frame(*children: rx.Component) -> rx.Component:
    return plain_shell(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    t("common.tagline"),
                    class_name="max-w-[12ch] text-[3.25rem] font-semibold leading-[1.1] tracking-tight",
                ),
                _evening(),
                class_name="hidden lg:block",
            ),
            card(*children, class_name="w-full max-w-[28rem] justify-self-center sm:p-8"),
            class_name="mt-4 grid items-center gap-16 sm:mt-10 lg:min-h-[70vh] lg:grid-cols-[1fr_28rem]",
        )
    )


def _evening() -> rx.Component:
    """A day's use as a row of bars: sunlit hours in saffron, the evening in brick."""
    heights = (18, 15, 14, 13, 15, 26, 48, 40, 30, 24, 27, 34, 42, 50, 44, 38, 46, 68, 92, 100, 84, 62, 40, 26)
    return rx.el.svg(
        *(
            rx.el.svg.rect(
                x=str(hour * 20),
                y=str(110 - height),
                width="14",
                height=str(height),
                rx="4",
                fill=f"var(--{'sun' if 9 <= hour < 17 else 'peak' if 17 <= hour < 22 else 'norm'})",
            )
            for hour, height in enumerate(heights)
        ),
        view_box="0 0 474 110",
        class_name="mt-10 w-full max-w-[26rem]",
        aria_hidden="true",
    )


def _carried(*names: str) -> rx.Component:
    """What the form takes along unseen: the language in which to answer, and where to go afterwards."""
    return rx.fragment(
        rx.el.input(type="hidden", name="language", value=language, read_only=True),
        *(rx.el.input(type="hidden", name=name, value=query(name), read_only=True) for name in ("next", *names)),
    )


def _demo_link() -> rx.Component:
    return rx.el.div(
        rx.cond(
            InboxState.demo,
            rx.el.a(
                icon("message", "size-5"),
                t("sign_in.demo_inbox"),
                href="/inbox",
                target="_blank",
                class_name="inline-flex min-h-11 items-center gap-2 font-semibold text-act",
            ),
            rx.fragment(),
        ),
        class_name="mt-2 min-h-11",
    )
