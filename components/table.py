"""Tables: a caption, headers that sort, numbers flush right; on a phone the table scrolls inside its card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from components.icons import icon


@dataclass(frozen=True)
class Column:
    """A column. key: what `on_sort` is given.  title: its header.  cell: a row's Var → what stands in the cell.

    shown: False, or a Var that can be, while the column has nothing to say.
    """

    key: str
    title: Any
    cell: Callable[[Any], Any]
    numeric: bool = False
    shown: Any = True


def data_table(
    caption: Any,
    columns: Sequence[Column],
    rows: Any,
    sorted_by: Any = None,
    descending: Any = None,
    on_sort: Callable[[str], Any] | None = None,
) -> rx.Component:
    """A table of at most about 100 rows; longer ones are paged on the server.

    rows: Var of a list.  sorted_by, descending: Vars of the order in force.  on_sort: takes a column's key; without it
    headers are plain.
    """
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(rx.el.tr(*(_header(column, sorted_by, descending, on_sort) for column in columns))),
            rx.el.tbody(rx.foreach(rows, lambda row: _row(row, columns))),
            class_name="w-full border-collapse text-[0.9375rem]",
        ),
        role="region",
        tab_index=0,
        aria_label=caption,
        class_name="-mx-4 overflow-x-auto px-4 sm:-mx-5 sm:px-5",
    )


def _header(column: Column, sorted_by: Any, descending: Any, on_sort: Callable[[str], Any] | None) -> rx.Component:
    place = "text-end" if column.numeric else "text-start"
    look = f"border-b border-line px-2 text-sm font-semibold text-soft whitespace-nowrap {place}"
    if on_sort is None:
        return rx.el.th(column.title, scope="col", hidden=_hidden(column), class_name=f"{look} py-2")
    here = rx.Var.create(sorted_by) == column.key
    return rx.el.th(
        rx.el.button(
            column.title,
            rx.el.span(icon("sort", "size-4"), class_name=rx.cond(here, "text-act", "opacity-50")),
            type="button",
            on_click=on_sort(column.key),
            class_name="inline-flex min-h-11 cursor-pointer items-center gap-1 font-semibold hover:text-ink",
        ),
        scope="col",
        aria_sort=rx.cond(here, rx.cond(descending, "descending", "ascending"), "none"),
        hidden=_hidden(column),
        class_name=look,
    )


def _row(row: Any, columns: Sequence[Column]) -> rx.Component:
    first, *others = columns
    return rx.el.tr(
        rx.el.th(
            first.cell(row),
            scope="row",
            class_name="border-b border-line px-2 py-2.5 text-start font-normal whitespace-nowrap",
        ),
        *(
            rx.el.td(
                column.cell(row),
                hidden=_hidden(column),
                class_name=f"border-b border-line px-2 py-2.5 whitespace-nowrap {'text-end' if column.numeric else ''}",
            )
            for column in others
        ),
    )


def _hidden(column: Column) -> Any:
    return ~rx.Var.create(column.shown).bool()
