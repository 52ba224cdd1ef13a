"""What a thumb presses: buttons, links that look like them, fields, the segmented control. All at least 44 px tall."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

Weight = Literal["main", "quiet", "plain"]

_BASE = (
    "inline-flex min-h-12 items-center justify-center gap-2 rounded-2xl px-5 font-semibold leading-tight no-underline "
    "transition-[filter,background-color] duration-150 select-none cursor-pointer "
    "disabled:cursor-not-allowed disabled:opacity-60 "
)
_WEIGHTS = {
    "main": "bg-act text-on-act hover:brightness-110 active:brightness-90",
    "quiet": "bg-tint text-ink hover:brightness-95 active:brightness-90",
    "plain": "bg-transparent px-3 text-act underline-offset-4 hover:underline",
}


BUTTON = {weight: _BASE + look for weight, look in _WEIGHTS.items()}
"""The looks of a button by weight, for what is drawn by a script of ours."""


def button(*children: Any, weight: Weight = "main", class_name: str = "", **props: Any) -> rx.Component:
    """A button. Inside a form it submits unless `type="button"` is given."""
    return rx.el.button(*children, class_name=f"{_BASE}{_WEIGHTS[weight]} {class_name}", **props)


def link_button(
    *children: Any, href: Any, weight: Weight = "main", leaves: bool = False, class_name: str = "", **props: Any
) -> rx.Component:
    """A link with a button's looks: for going somewhere. leaves: to a route of the server, or a download."""
    kind = plain_link if leaves else rx.el.a
    return kind(*children, href=href, class_name=f"{_BASE}{_WEIGHTS[weight]} {class_name}", **props)


class _Anchor(BaseHTML):
    tag = "a"

    href: rx.Var[str]
    download: rx.Var[bool]


def plain_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link that the browser itself follows. `rx.el.a` hands every address to the router, which knows pages only."""
    return _Anchor.create(*children, href=href, **props)


def icon_button(drawn: rx.Component, label: Any, **props: Any) -> rx.Component:
    """A round button with an icon alone; the label is for screen readers and the tooltip."""
    return rx.el.button(
        drawn,
        type="button",
        title=label,
        aria_label=label,
        class_name="inline-grid size-11 shrink-0 cursor-pointer place-items-center rounded-full border border-line "
        "bg-card text-ink hover:bg-tint",
        **props,
    )


class _Form(BaseHTML):
    """Reflex's own form prevents the browser from posting; this one leaves it alone."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]
    no_validate: rx.Var[bool]


def post_form(*children: Any, action: Any, class_name: str = "") -> rx.Component:
    """A form that the browser itself posts to one of our routes, with or without the page's script."""
    return _Form.create(*children, action=action, method="post", no_validate=True, class_name=class_name)


def field(name: str, label: Any, hint: Any, error: Any, **props: Any) -> rx.Component:
    """A labelled input. hint: always below it.  error: Var of a sentence, "" for none.  props: the input's own."""
    wrong = rx.Var.create(error) != ""
    hint_id, error_id = f"{name}-hint", f"{name}-error"
    style = props.pop("class_name", "")
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="font-semibold"),
        rx.el.input(
            id=name,
            name=name,
            class_name="min-h-13 w-full rounded-2xl border-2 border-edge bg-card px-4 text-xl text-ink "
            f"placeholder:text-soft aria-invalid:border-due {style}",
            aria_describedby=f"{error_id} {hint_id}",
            aria_invalid=rx.cond(wrong, "true", "false"),
            **props,
        ),
        rx.el.p(error, id=error_id, role="alert", class_name="text-[0.9375rem] font-semibold text-due empty:hidden"),
        rx.el.p(hint, id=hint_id, class_name="text-[0.9375rem] text-soft empty:hidden"),
        class_name="flex flex-col gap-2",
    )


def segments(label: Any, options: Sequence[tuple[str, Any]], chosen: Any, on_choose: Any) -> rx.Component:
    """One choice among a few.

    label: its name for screen readers.  options: value and text of each.  chosen: Var of the value in force.
    on_choose: handler that takes a value, or a function from a value to an event.
    """
    return rx.el.div(
        *(_segment(value, text, chosen, on_choose) for value, text in options),
        role="group",
        aria_label=label,
        class_name="inline-flex max-w-full overflow-x-auto rounded-2xl bg-tint p-1",
    )


def _segment(value: str, text: Any, chosen: Any, on_choose: Any) -> rx.Component:
    pressed = rx.Var.create(chosen) == value
    return rx.el.button(
        text,
        type="button",
        on_click=on_choose(value),
        aria_pressed=rx.cond(pressed, "true", "false"),
        class_name="min-h-11 grow cursor-pointer whitespace-nowrap rounded-xl px-4 text-[0.9375rem] text-soft "
        "hover:text-ink aria-pressed:bg-card aria-pressed:font-semibold aria-pressed:text-ink "
        "aria-pressed:shadow-[var(--shadow)]",
    )
