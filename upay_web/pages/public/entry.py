"""What the pages of the ways in share: the frame, the step of the code, what a form carries unseen."""

from typing import Any

import reflex as rx

from components.controls import button, link_button, post_form
from components.entry import code_field, code_from_sms, error_here
from components.icons import icon
from components.page import countdown, query
from components.shell import plain_shell
from components.surface import card
from components.text import language, t
from state.inbox import InboxState

RESEND_S = 30


def frame(title: Any, lead: Any, *children: rx.Component) -> rx.Component:
    """One narrow card; beside it, where there is room, what this is about."""
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
            card(
                rx.el.h1(title, class_name="text-[1.75rem] font-semibold leading-tight"),
                rx.el.p(lead, class_name="mt-1 mb-6 text-soft"),
                *children,
                class_name="w-full max-w-[28rem] justify-self-center sm:p-8",
            ),
            class_name="mt-4 grid items-center gap-16 sm:mt-10 lg:min-h-[70vh] lg:grid-cols-[1fr_28rem]",
        )
    )


def code_step(title: Any, action: str, again: str, other: str, other_label: Any, lead: Any = None) -> rx.Component:
    """The step of the code. action: where it is checked.  again: where another is asked for.  other: page before it."""
    left = countdown(RESEND_S)
    told = t("sign_in.code_lead", ending=query("ending"), minutes=query("minutes")) if lead is None else lead
    return frame(
        title,
        rx.el.span(rx.cond(query("ending") != "", told, ""), class_name="inline-block min-h-12"),
        post_form(
            carried("ending", "minutes"),
            code_field(error_here()),
            code_from_sms(),
            button(t("sign_in.verify"), type="submit", class_name="w-full"),
            action=action,
            class_name="grid gap-5",
        ),
        post_form(
            carried(),
            rx.el.input(type="hidden", name="again", value="true"),
            button(
                rx.cond(left > 0, t("sign_in.resend_wait", seconds=left), t("sign_in.resend")),
                type="submit",
                weight="plain",
                disabled=left > 0,
            ),
            link_button(other_label, href=other, weight="plain"),
            action=again,
            class_name="mt-3 flex flex-wrap justify-between gap-x-4",
        ),
        demo_link(),
    )


def notice() -> rx.Component:
    """What is agreed to by going on: the text that the record of consents names, in the version in force."""
    return rx.el.p(t("consent.account_1"), class_name="mt-4 text-sm text-soft")


def carried(*names: str) -> rx.Component:
    """What the form takes along unseen: the language in which to answer, and where to go afterwards."""
    return rx.fragment(
        rx.el.input(type="hidden", name="language", value=language, read_only=True),
        *(rx.el.input(type="hidden", name=name, value=query(name), read_only=True) for name in ("next", *names)),
    )


def other_ways(*links: tuple[Any, str]) -> rx.Component:
    """Links to other ways, as a list. links: text and address of each; where one wanted to go is carried along."""
    onward = rx.cond(query("next") != "", f"?next={_encoded()}", "")
    return rx.el.ul(
        *(
            rx.el.li(rx.el.a(text, href=f"{href}{onward}", class_name="inline-flex min-h-11 items-center"))
            for text, href in links
        ),
        class_name="mt-4 border-t border-line pt-3 font-semibold text-act [&_a]:text-act [&_a]:no-underline",
    )


def demo_link() -> rx.Component:
    """In the demonstration, the way to the SMS inbox."""
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


def _encoded() -> rx.Var[str]:
    asked = query("next")
    return rx.Var(f"encodeURIComponent({asked!s})", _var_type=str, _var_data=asked._get_all_var_data())


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
