"""The tariff versions that bills name: the book in force, and the versions kept with what was billed by them."""
from collections.abc import Collection, Iterable

from sqlmodel import Session, col, select

from upay.billing.models import BilledTariff
from upay.bulk import Bulk
from upay.tariffs import Schedule, from_content


def keep(db: Bulk, tariffs: Iterable[Schedule]) -> None:
    """Keep versions whole, once each."""
    for tariff in sorted(tariffs, key=lambda each: each.version):
        db.execute(
            "INSERT INTO billedtariff (version, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (tariff.version, tariff.content),
        )


def kept(db: Session, versions: Collection[str]) -> dict[str, Schedule]:
    """The versions by name, as they were when they priced a bill."""
    rows = db.exec(select(BilledTariff).where(col(BilledTariff.version).in_(versions))).all()
    return {row.version: from_content(row.content) for row in rows}


def kept_in(db: Bulk, versions: Collection[str]) -> dict[str, Schedule]:
    """`kept`, on the bulk path."""
    marks = ",".join("?" * len(versions))
    rows = db.read(f"SELECT version, content FROM billedtariff WHERE version IN ({marks})", tuple(versions))  # noqa: S608
    return {version: from_content(content) for version, content in rows.iter_rows()} if versions else {}
