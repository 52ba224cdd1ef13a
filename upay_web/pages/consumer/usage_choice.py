"""Which days the usage page shows: views, steps to earlier and later, a range of one's own, a comparison."""

from typing import Any

import reflex as rx

from components.controls import button, segments
from components.icons import icon
from components.numbers import date_text
from components.surface import card
from components.text import t
from state.usage import UsageState as Usage


def choice() -> rx.Component:
    """The controls at the head of the page."""
    views = tuple((view, t(f"usage.{view}")) for view in ("day", "week", "month", "year", "range"))
    against = tuple((name, t(f"usage.compare_{name}")) for name in ("none", "before", "year"))
    return card(
        rx.el.div(
            segments(t("usage.title"), views, Usage.view, Usage.show_view),
            rx.el.label(
                rx.el.span(t("usage.compare"), class_name="text-sm text-soft"),
                rx.el.select(
                    *(rx.el.option(text, value=name) for name, text in against),
                    value=Usage.against,
                    on_change=Usage.show_against,
                    class_name="min-h-11 cursor-pointer rounded-2xl border border-line bg-card px-3 text-ink",
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(Usage.view == "range", _dates(), _steps()),
        label=t("usage.title"),
    )


def _steps() -> rx.Component:
    return rx.el.div(
        _step("left", t("usage.previous"), Usage.earlier_url),
        rx.el.p(_when(), class_name="min-h-7 text-center text-lg font-semibold", aria_live="polite"),
        rx.cond(
            Usage.later_url != "",
            _step("right", t("usage.next"), Usage.later_url),
            rx.el.span(class_name="size-11"),
        ),
        class_name="mt-3 flex items-center justify-between gap-2",
    )


def _step(drawn: str, label: rx.Var[str], url: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        icon(drawn, "size-5"),
        type="button",
        title=label,
        aria_label=label,
        disabled=url == "",
        on_click=rx.redirect(url),
        class_name="inline-grid size-11 cursor-pointer place-items-center rounded-full border border-line bg-card "
        "hover:bg-tint disabled:cursor-default disabled:opacity-50",
    )


def _when() -> Any:
    """The span in words."""
    return rx.match(
        Usage.view,
        ("day", rx.fragment(date_text(Usage.first, "weekday"))),
        ("month", rx.fragment(date_text(Usage.first, "month"))),
        ("year", rx.fragment(date_text(Usage.first, "year"))),
        rx.fragment(date_text(Usage.first, "day"), " – ", date_text(Usage.last, "day")),
    )


def _dates() -> rx.Component:
    look = "min-h-12 rounded-2xl border-2 border-edge bg-card px-3 text-ink"
    return rx.el.form(
        *(
            rx.el.label(
                rx.el.span(t(f"usage.{name}"), class_name="text-sm text-soft"),
                rx.el.input(type="date", name=name, default_value=value, key=value, required=True, class_name=look),
                class_name="grid gap-1",
            )
            for name, value in (("from", Usage.first), ("to", Usage.last))
        ),
        button(t("usage.show"), type="submit", weight="quiet"),
        on_submit=Usage.show_dates,
        class_name="mt-3 flex flex-wrap items-end gap-3",
    )
