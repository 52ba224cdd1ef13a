"""Small bar charts: a day's blocks, a month's days. Drawn in the browser; read by touch, pointer or arrow keys."""

from typing import Any

import reflex as rx

from components.text import t

_BANDS = ("normal", "solar", "peak")


class _Bars(rx.Component):
    library = "$/public/client/bars"
    tag = "Bars"

    bars: rx.Var[dict[str, Any]]
    label: rx.Var[str]
    texts: rx.Var[dict[str, Any]]
    height: rx.Var[int]


def bars(rows: Any, label: Any, height: int = 150) -> rx.Component:
    """Bars of energy, the tallest filling the height. Bands differ by pattern as well as colour.

    rows: Var of ≤100 bars in columns, {start_s, step_s, wh, bands, states}: UTC seconds; seconds; Wh, -1 where nothing
    is known; keys of the pack's bands or ""; `read`, `estimated` (dashed), `outage` (marked at the foot), `running`
    (pale) or "".  A step of a day makes bars of days.
    label: what the chart shows, for screen readers.
    height: CSS pixels, kept free before the rows are there.
    """
    return _Bars.create(
        bars=rows,
        label=label,
        height=height,
        texts={
            "unit": t("common.units"),
            "last": t("common.today"),
            "hint": t("common.chart_hint"),
            "bands": {key: t(f"band.{key}") for key in _BANDS},
            "states": {
                "estimated": t("common.estimated"),
                "outage": t("common.outage"),
                "running": t("common.running"),
                "": t("common.no_data"),
            },
        },
    )


def legend() -> rx.Component:
    """What the bars' colours and patterns mean."""
    return rx.el.ul(
        *(_key(_swatch(key), t(f"band.{key}")) for key in _BANDS),
        _key(rx.el.span(class_name="size-3 rounded-[3px] border border-dashed border-soft"), t("common.estimated")),
        class_name="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[0.8125rem] text-soft",
        aria_hidden="true",
    )


_LOOKS = {
    "normal": "bg-norm",
    "solar": "bg-sun bg-[radial-gradient(circle,var(--card)_0.8px,transparent_1px)] bg-[length:4px_4px]",
    "peak": "swatch-peak bg-peak",
}


def _swatch(band: str) -> rx.Component:
    return rx.el.span(class_name=f"size-3 rounded-[3px] {_LOOKS[band]}")


def _key(swatch: rx.Component, text: Any) -> rx.Component:
    return rx.el.li(swatch, text, class_name="inline-flex items-center gap-1.5")
