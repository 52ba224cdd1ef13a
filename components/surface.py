"""Surfaces and the words on them: card, heading, big number, stat, notice, empty state, skeleton."""

from typing import Any, Literal

import reflex as rx

from components.icons import icon

Tone = Literal["plain", "sun", "in", "due"]

_TONES: dict[str, tuple[str, str]] = {
    "plain": ("bg-tint text-ink", "info"),
    "sun": ("bg-sun-tint text-ink", "info"),
    "in": ("bg-in-tint text-in", "check"),
    "due": ("bg-due-tint text-due", "warning"),
}


def card(*children: Any, label: Any = None, class_name: str = "") -> rx.Component:
    """A sheet of paper. label: its name for screen readers, where it has no heading of its own."""
    named = {} if label is None else {"aria_label": label}
    return rx.el.section(
        *children,
        class_name=f"rounded-[1.25rem] border border-line bg-card p-4 shadow-[var(--shadow)] sm:p-5 {class_name}",
        **named,
    )


def heading(text: Any, *aside: Any) -> rx.Component:
    """A card's heading, with a quieter remark or control at its end."""
    return rx.el.div(
        rx.el.h2(text, class_name="text-[1.0625rem] font-semibold leading-snug"),
        *aside,
        class_name="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1",
    )


def big_number(value: Any, unit: Any = "") -> rx.Component:
    """The one number of a page."""
    return rx.el.p(
        rx.el.span(value, class_name="text-[3.25rem] font-semibold leading-none tracking-tight"),
        rx.el.span(unit, class_name="ms-2 text-lg text-soft"),
        class_name="min-h-[3.25rem] whitespace-nowrap",
    )


def stat(label: Any, value: Any, unit: Any = "", remark: Any = "") -> rx.Component:
    """A labelled number of second rank. Its height does not depend on what it says."""
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm text-soft"),
        rx.el.dd(
            rx.el.span(value, class_name="text-2xl font-semibold leading-tight"),
            rx.el.span(unit, class_name="ms-1 text-sm text-soft"),
            class_name="min-h-8 whitespace-nowrap",
        ),
        rx.el.dd(remark, class_name="min-h-5 text-sm text-soft"),
        class_name="flex min-w-0 flex-col gap-0.5",
    )


def stats(*items: rx.Component) -> rx.Component:
    """Stats side by side: two on a phone, all in a row where there is room."""
    return rx.el.dl(
        *items, class_name="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-flow-col sm:auto-cols-fr sm:grid-cols-none"
    )


def notice(*children: Any, tone: Tone = "plain", role: str = "note") -> rx.Component:
    """A remark on a tinted ground. role: `alert` for what went wrong, `status` for what has just changed."""
    colours, drawn = _TONES[tone]
    return rx.el.div(
        icon(drawn, "mt-0.5 size-5"),
        rx.el.div(*children, class_name="min-w-0 flex-1"),
        role=role,
        class_name=f"flex gap-3 rounded-2xl px-4 py-3 text-[0.9375rem] leading-snug {colours}",
    )


def empty(drawn: str, title: Any, text: Any, *actions: Any, is_page: bool = False) -> rx.Component:
    """What a list shows when there is nothing: what that means and what to do next. is_page: it is all the page has."""
    title_of = rx.el.h1 if is_page else rx.el.h2
    return rx.el.div(
        rx.el.div(icon(drawn, "size-8"), class_name="mb-4 rounded-full bg-sun-tint p-4 text-sun-ink"),
        title_of(title, class_name="text-xl font-semibold"),
        rx.el.p(text, class_name="mt-1 max-w-[34ch] text-soft"),
        rx.el.div(*actions, class_name="mt-5 flex flex-wrap justify-center gap-3 empty:hidden"),
        class_name="flex flex-col items-center px-4 py-10 text-center",
    )


def skeleton(size: str) -> rx.Component:
    """A place kept for what is on its way. size: Tailwind height and width, the same as what will stand there."""
    return rx.el.div(class_name=f"skeleton rounded-lg {size}", aria_hidden="true")


def live_dot() -> rx.Component:
    """The sign that numbers arrive as they happen."""
    return rx.el.span(class_name="pulse inline-block size-2.5 rounded-full bg-in text-in", aria_hidden="true")
