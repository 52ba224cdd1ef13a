"""What is ticked, picked and folded away: check boxes, a choice from a list, a part that opens."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from components.icons import icon


def tick(name: str, label: Any, remark: Any = "", **props: Any) -> rx.Component:
    """A check box with its label, the whole line of it to press. remark: below the label.  props: the input's own."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=name,
            class_name="mt-0.5 size-6 shrink-0 cursor-pointer accent-act disabled:cursor-not-allowed",
            **props,
        ),
        rx.el.span(
            label, rx.el.span(remark, class_name="block text-sm text-soft empty:hidden"), class_name="min-w-0"
        ),
        class_name="flex min-h-11 cursor-pointer items-start gap-3 py-2 leading-snug",
    )


def ticks(title: Any, *boxes: rx.Component) -> rx.Component:
    """Check boxes that belong together."""
    return rx.el.fieldset(rx.el.legend(title, class_name="font-semibold"), *boxes, class_name="grid min-w-0")


def pick(name: str, label: Any, options: Sequence[tuple[str, Any]], **props: Any) -> rx.Component:
    """A choice from the device's own list. options: value and text of each."""
    return rx.el.label(
        rx.el.span(label, class_name="font-semibold"),
        rx.el.select(
            *(rx.el.option(text, value=value) for value, text in options),
            name=name,
            class_name="min-h-13 w-full cursor-pointer rounded-2xl border-2 border-edge bg-card px-3 text-lg text-ink",
            **props,
        ),
        class_name="grid gap-2",
    )


def line_field(name: str, label: Any, hint: Any = "", **props: Any) -> rx.Component:
    """A labelled input that may stand on a page many times: its label holds it."""
    return rx.el.label(
        rx.el.span(label, class_name="font-semibold"),
        rx.el.input(
            name=name,
            class_name="min-h-13 w-full rounded-2xl border-2 border-edge bg-card px-4 text-lg text-ink "
            "placeholder:text-soft",
            **props,
        ),
        rx.el.span(hint, class_name="text-[0.9375rem] text-soft empty:hidden"),
        class_name="grid gap-2",
    )


def folded(summary: Any, label: Any, *children: Any) -> rx.Component:
    """A part that opens when its summary is pressed. label: what it is for screen readers, told apart from its like."""
    return rx.el.details(
        rx.el.summary(
            rx.el.span(summary, aria_hidden="true"),
            rx.el.span(label, class_name="sr-only"),
            icon("down", "size-4"),
            class_name="inline-flex min-h-11 cursor-pointer list-none items-center gap-1.5 font-semibold text-act "
            "[&::-webkit-details-marker]:hidden",
        ),
        rx.el.div(*children, class_name="grid gap-4 pb-2 pt-1"),
    )


def chip(*children: Any, tone: str = "bg-tint text-ink") -> rx.Component:
    """A word about something, on a ground of its own."""
    look = "inline-flex items-center gap-1 rounded-full px-3 py-0.5 text-sm whitespace-nowrap"
    return rx.el.span(*children, class_name=f"{look} {tone}")
