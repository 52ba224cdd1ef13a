"""Fields of desk forms: smaller than those of a consumer's page, and side by side where there is room."""

from typing import Any

import reflex as rx

_LOOK = "min-h-11 w-full rounded-2xl border-2 border-edge bg-card px-3 text-ink placeholder:text-soft"


def text_field(name: str, label: Any, hint: Any = None, **props: Any) -> rx.Component:
    """A labelled input. props: the input's own."""
    described = {} if hint is None else {"aria_describedby": f"{name}-hint"}
    return _labelled(
        name,
        label,
        rx.el.input(id=name, name=name, class_name=_LOOK, **described, **props),
        hint,
    )


def select_field(name: str, label: Any, *options: Any, **props: Any) -> rx.Component:
    """A labelled choice. options: `rx.el.option`s, or an `rx.foreach` of them."""
    return _labelled(
        name, label, rx.el.select(*options, id=name, name=name, class_name=f"{_LOOK} cursor-pointer", **props)
    )


def _labelled(name: str, label: Any, control: rx.Component, hint: Any = None) -> rx.Component:
    told = rx.fragment() if hint is None else rx.el.p(hint, id=f"{name}-hint", class_name="text-sm text-soft")
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-sm font-semibold"),
        control,
        told,
        class_name="flex min-w-[9rem] flex-1 flex-col gap-1",
    )
