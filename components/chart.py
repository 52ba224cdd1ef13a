"""Plotly charts: the page names where the figure is, the browser fetches and draws it after first paint.

So a figure is never kept in state nor sent over the socket, and the chart library is loaded only where a chart is.
"""
import reflex as rx


class _Chart(rx.Component):
    library = "$/public/client/chart"
    tag = "Chart"
    lib_dependencies: list[str] = ["plotly.js-basic-dist-min@3.7.0"]

    url: rx.Var[str]
    label: rx.Var[str]
    failed: rx.Var[str]
    height: rx.Var[int]


def plotly_chart(url: rx.Var[str] | str, label: rx.Var[str], failed: rx.Var[str], height: int = 340) -> rx.Component:
    """A chart of the figure at `url` (which has a query already; the language is added to it).

    label: what a screen reader says.  failed: shown when the figure cannot be had.  height: CSS pixels, reserved.
    """
    return _Chart.create(url=url, label=label, failed=failed, height=height)
