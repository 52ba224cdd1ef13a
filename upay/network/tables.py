"""The plain tables in which a utility hands over its network: their columns, and how a cell of text becomes a value.

A row with a bad cell is refused with a code that names the cell; the rows beside it are taken.
"""
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from upay.errors import Problem


@dataclass(frozen=True)
class Column:
    """A column of a table.

    kind: text, integer, decimal, yes_no (true/false, yes/no, 1/0), date (YYYY-MM-DD) or instant (ISO 8601 with offset).
    A column with a `default` may be left out or empty. matches: a pattern that the whole text fits. within: bounds.
    """

    name: str
    kind: str = "text"
    required: bool = True
    default: str | int | bool | None = None
    matches: str | None = None
    within: tuple[float, float] | None = None

    def parse(self) -> pl.Expr:
        """The cell's value, null where it is empty or cannot be read."""
        text = pl.col(self.name).str.strip_chars()
        match self.kind:
            case "integer":
                value = text.cast(pl.Int64, strict=False)
            case "decimal":
                value = text.cast(pl.Float64, strict=False)
            case "yes_no":
                said = text.str.to_lowercase()
                yes, no = said.is_in(["true", "yes", "1"]), said.is_in(["false", "no", "0"])
                value = pl.when(yes).then(True).when(no).then(False)
            case "date":
                value = text.str.to_date("%Y-%m-%d", strict=False)
            case "instant":
                offset = text.str.replace("Z$", "+00:00")
                value = offset.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", strict=False)
            case _:
                value = pl.when(text != "").then(text)
        if self.matches:
            value = pl.when(value.cast(pl.String).str.contains(f"^(?:{self.matches})$")).then(value)
        if self.within:
            value = pl.when(value.is_between(*self.within)).then(value)
        return value.alias(self.name)


@dataclass(frozen=True)
class Table:
    """A table: its columns, and which of them name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


_CODE = Column("code", matches=r"\S{1,16}")
_NAMES = (Column("name"), Column("name_hi"))
_PLACE = (
    Column("latitude", "decimal", required=False, within=(-90, 90)),
    Column("longitude", "decimal", required=False, within=(-180, 180)),
)
_NUMBER = r"\d{10}"
_REGISTER = (0, 10**15)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "zones",
            (_CODE, *_NAMES, Column("area_class", default="urban", matches="metro|urban|rural|hilly"), *_PLACE),
            ("code",),
        ),
        Table("substations", (_CODE, Column("zone"), *_NAMES), ("code",)),
        Table("feeders", (_CODE, Column("substation"), *_NAMES), ("code",)),
        Table(
            "dtrs",
            (_CODE, Column("feeder"), *_NAMES, Column("capacity_kva", "integer", within=(1, 5000)), *_PLACE),
            ("code",),
        ),
        Table(
            "connections",
            (
                Column("number", matches=_NUMBER),
                Column("dtr"),
                Column("consumer_name"),
                Column("address", default=""),
                Column("mobile", required=False, matches=r"\+[1-9]\d{6,14}"),
                Column("category", default="LMV-1", matches=r".{1,16}"),
                Column("tariff_id", matches=r"\S{1,32}"),
                Column("sanctioned_load_w", "integer", within=(1, 10**8)),
                Column("prepaid", "yes_no", default=False),
                Column("has_solar", "yes_no", default=False),
                Column("energised_on", "date", required=False),
                Column("ended_on", "date", required=False),
            ),
            ("number",),
        ),
        Table(
            "meters",
            (
                Column("serial", matches=r"\S{1,32}"),
                Column("kind", default="consumer", matches="consumer|dtr"),
                Column("minutes", "integer", default=30, matches="15|30|60"),
                Column("digits", "integer", default=8, within=(4, 12)),
            ),
            ("serial",),
        ),
        Table(
            "installations",
            (
                Column("serial"),
                Column("connection", required=False, matches=_NUMBER),
                Column("dtr", required=False),
                Column("from_at", "instant"),
                Column("to_at", "instant", required=False),
                Column("from_register_wh", "integer", default=0, within=_REGISTER),
                Column("to_register_wh", "integer", required=False, within=_REGISTER),
            ),
            ("serial", "from_at"),
        ),
    )
}


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken. row: its line, counting data rows from 1."""

    table: str
    row: int
    code: str
    params: dict[str, str | int] = field(default_factory=dict)


def parse(table: Table, given: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    """The rows that can be read, typed, with their line in `row`, and a refusal for every other row.

    Raises Problem when a column that must be there is not.
    """
    for column in table.columns:
        if column.name not in given.columns and column.required and column.default is None:
            raise Problem("network.no_column", {"table": table.name, "column": column.name})
    text = given.select(
        (pl.col(column.name) if column.name in given.columns else pl.lit(None)).cast(pl.String).alias(column.name)
        for column in table.columns
    ).with_row_index("row", 1)
    rows = text.select(pl.col("row").cast(pl.Int64), *(column.parse() for column in table.columns))
    refused: list[Refusal] = []
    for column in table.columns:
        empty = text[column.name].fill_null("").str.strip_chars() == ""
        unread = rows[column.name].is_null()
        optional = not column.required or column.default is not None
        refused += refuse(table, text.filter(unread & ~empty), "network.bad_value", column.name)
        if not optional:
            refused += refuse(table, text.filter(empty), "network.missing_value", column.name)
        if column.default is not None:
            rows = rows.with_columns(pl.col(column.name).fill_null(column.default))
    good = rows.filter(~pl.col("row").is_in([refusal.row for refusal in refused]))
    twice = good.filter(~pl.struct(table.key).is_first_distinct())
    refused += refuse(table, twice, "network.twice", table.key[0])
    return good.filter(pl.struct(table.key).is_first_distinct()), refused


def refuse(table: Table, rows: pl.DataFrame, code: str, column: str) -> list[Refusal]:
    """A refusal for each of the rows, for what stands in `column`."""
    if rows.is_empty():
        return []
    cells: Sequence[object] = rows[column].to_list()
    return [
        Refusal(table.name, int(row), code, {"column": column, "value": "" if cell is None else str(cell)})
        for row, cell in zip(rows["row"], cells, strict=True)
    ]
