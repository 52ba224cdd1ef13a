"""The bulk path: whole frames into and out of the database in one transaction, without the ORM.

PostgreSQL is written through ADBC (COPY). SQLite is written through the very library that SQLAlchemy uses: the ADBC
driver brings a SQLite of its own, and two copies in one process drop each other's file locks (POSIX locks end with the
first descriptor closed), after which one copy deletes the write-ahead log that the other still writes to.
"""
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Float, Integer, SmallInteger, TypeDecorator
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from upay.db import engine
from upay.settings import settings

_ROWS_AT_A_TIME = 20_000


class Bulk:
    """An open bulk transaction on SQLite. Statements use `?` for parameters, whatever the database."""

    is_postgres = False

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def append(self, table: type[SQLModel], frame: pl.DataFrame) -> int:
        """Add the frame's rows, columns named as the table's; types are fitted to the table. Returns the row count.

        Raises KeyError for a column the table has not, and the driver's IntegrityError for a key that stands already.
        """
        if not frame.is_empty():
            self._write(str(table.__tablename__), self._fitted(table, frame), "")
        return len(frame)

    def upsert(
        self, table: type[SQLModel], frame: pl.DataFrame, key: Sequence[str], adding: Sequence[str] = ()
    ) -> int:
        """Add the frame's rows; where a row with the same `key` (a unique index) stands, take over its other columns.

        adding: columns whose value is added to the one that stands instead.
        Returns the row count. Raises as `append` does, but for the key itself.
        """
        if not frame.is_empty():
            name = str(table.__tablename__)
            taken = ", ".join(
                f"{column} = {f'{name}.{column} + ' if column in adding else ''}excluded.{column}"
                for column in frame.columns
                if column not in key
            )
            settled = f"DO UPDATE SET {taken}" if taken else "DO NOTHING"
            self._write(name, self._fitted(table, frame), f"ON CONFLICT ({', '.join(key)}) {settled}")
        return len(frame)

    def reserve_ids(self, table: type[SQLModel], count: int) -> pl.Series:
        """Ids that no row has and no other process will be given, rising."""
        name = str(table.__tablename__)
        self.execute(f"DELETE FROM {name} WHERE 0")  # noqa: S608 - whoever writes is alone: the wait for that comes first
        (last,) = self.read(f"SELECT coalesce(max(id), 0) FROM {name}").row(0)  # noqa: S608
        return pl.int_range(last + 1, last + count + 1, eager=True)

    def add_new(self, table: type[SQLModel], frame: pl.DataFrame, key: Sequence[str]) -> pl.Series:
        """Add the rows whose `key` does not stand yet and return their ids, which `reserve_ids` gave."""
        if frame.is_empty():
            return frame["id"]
        name = str(table.__tablename__)
        self._write(name, self._fitted(table, frame), f"ON CONFLICT ({', '.join(key)}) DO NOTHING")
        first, last = frame["id"].min(), frame["id"].max()
        standing = self.read(f"SELECT id FROM {name} WHERE id BETWEEN ? AND ?", (first, last))["id"]  # noqa: S608
        return frame["id"].filter(frame["id"].is_in(standing.cast(pl.Int64).implode()))

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it touched (-1 where the driver does not say)."""
        return int(self._connection.execute(statement, tuple(parameters)).rowcount)

    def read(self, statement: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The rows of a query, as a frame. SQLite returns dates as text and booleans as integers."""
        cursor = self._connection.execute(statement, tuple(parameters))
        names = [column[0] for column in cursor.description]
        return pl.DataFrame(cursor.fetchall(), schema=names, orient="row", infer_schema_length=None)

    def hold(self) -> None:
        """Before the first read: all that is read from here on is of one moment, whatever others commit."""
        self._connection.execute("BEGIN")

    def _write(self, name: str, frame: pl.DataFrame, conflict: str) -> None:
        places = ", ".join("?" * frame.width)
        statement = f"INSERT INTO {name} ({', '.join(frame.columns)}) VALUES ({places}) {conflict}"  # noqa: S608
        self._connection.executemany(statement, frame.iter_rows(buffer_size=_ROWS_AT_A_TIME))

    def _fitted(self, table: type[SQLModel], frame: pl.DataFrame) -> pl.DataFrame:
        columns = table.__table__.columns  # type: ignore[attr-defined]
        return frame.select(self._fit(pl.col(name), _plain(columns[name].type)) for name in frame.columns)

    def _fit(self, column: pl.Expr, kind: Any) -> pl.Expr:
        """A column as SQLAlchemy would have written it: instants and days are text in SQLite."""
        if isinstance(kind, Integer):
            return column.cast(pl.Int64)
        if isinstance(kind, DateTime):
            return column.cast(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        if isinstance(kind, Date):
            return column.dt.strftime("%Y-%m-%d")
        if isinstance(kind, Boolean):
            return column.cast(pl.Int64)
        return column.cast(pl.Float64 if isinstance(kind, Float) else pl.String)


class _PostgresBulk(Bulk):
    """The same on PostgreSQL, over ADBC: a row costs microseconds, against a quarter of a millisecond by `add_all`."""

    is_postgres = True

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(_counted(statement), tuple(parameters) or None)
            return int(cursor.rowcount)

    def read(self, statement: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        with self._connection.cursor() as cursor:
            cursor.execute(_counted(statement), tuple(parameters) or None)
            frame = pl.from_arrow(cursor.fetch_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def reserve_ids(self, table: type[SQLModel], count: int) -> pl.Series:
        (sequence,) = self.read("SELECT pg_get_serial_sequence(?, 'id')", (str(table.__tablename__),)).row(0)
        return self.read("SELECT nextval(?::regclass) AS id FROM generate_series(1, ?)", (sequence, count))["id"]

    def hold(self) -> None:
        self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def _write(self, name: str, frame: pl.DataFrame, conflict: str) -> None:
        target = f"staged_{name}" if conflict else name
        with self._connection.cursor() as cursor:
            if conflict:  # of the table's own types: text would not become JSON by itself
                names = ", ".join(frame.columns)
                cursor.execute(f"CREATE TEMPORARY TABLE {target} AS SELECT {names} FROM {name} WITH NO DATA")  # noqa: S608
            cursor.adbc_ingest(target, frame.to_arrow(), mode="append", temporary=bool(conflict))
        if conflict:
            names = ", ".join(frame.columns)
            self.execute(f"INSERT INTO {name} ({names}) SELECT {names} FROM {target} {conflict}")  # noqa: S608
            self.execute(f"DROP TABLE {target}")
        if "id" in frame.columns:  # the sequence must go on after the ids we gave ourselves
            own = f"SELECT pg_get_serial_sequence('{name}', 'id') AS sequence, max(id) AS highest FROM {name}"  # noqa: S608
            behind = "highest > coalesce(pg_sequence_last_value(sequence::regclass), 0)"
            self.execute(f"SELECT setval(sequence, highest) FROM ({own}) AS own WHERE {behind}")  # noqa: S608

    def _fit(self, column: pl.Expr, kind: Any) -> pl.Expr:
        """COPY wants the exact width."""
        if isinstance(kind, BigInteger):
            return column.cast(pl.Int64)
        if isinstance(kind, SmallInteger):
            return column.cast(pl.Int16)
        if isinstance(kind, Integer):
            return column.cast(pl.Int32)
        if isinstance(kind, DateTime):
            return column.cast(pl.Datetime("us", "UTC"))
        if isinstance(kind, Date):
            return column.cast(pl.Date)
        return column.cast(pl.Boolean) if isinstance(kind, Boolean) else super()._fit(column, kind)


def _plain(kind: Any) -> Any:
    """The database's own type: SQLModel wraps DateTime to keep instants in UTC. JSON is given as encoded text."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _counted(statement: str) -> str:
    """PostgreSQL counts its parameters: $1, $2 …"""
    first, *rest = statement.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


def dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of whole numbers and a day, which SQLite keeps as text."""
    day = pl.col("day") if rows.schema["day"] == pl.Date else pl.col("day").cast(pl.String).str.to_date()
    return rows.with_columns(day, pl.exclude("day").cast(pl.Int64))


@contextmanager
def bulk() -> Generator[Bulk]:
    """Open a bulk transaction: committed when the block ends well, rolled back when it does not.

    The transaction begins with the first write; until then it holds nobody up. SQLite has one writer at a time: do not
    let a session write inside it.
    """
    url = make_url(settings().url)
    if url.get_backend_name() == "sqlite":
        connection: Any = engine().raw_connection()
        opened = Bulk(connection.driver_connection)
    else:
        # Loading the driver costs a fifth of a second, which commands on SQLite need not pay.
        from adbc_driver_postgresql import dbapi

        connection = dbapi.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        opened = _PostgresBulk(connection)
    try:
        yield opened
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()
