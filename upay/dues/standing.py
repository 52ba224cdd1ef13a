"""How the bills of one connection stand: what came in has settled the oldest first."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from upay.dues.items import behind_plan, open_items


@dataclass(frozen=True)
class OpenBill:
    """What is left of a bill's own charges. is_part: some of them are settled.  in_plan: it is paid in instalments."""

    open_paise: int
    due_on: date
    is_part: bool
    in_plan: bool


@dataclass(frozen=True)
class Standing:
    """due_on: the earliest day on which something unpaid falls due, or fell; None when nothing is open.

    bills: bill number → what is left of it; a bill that is not here is settled.
    """

    due_on: date | None
    bills: dict[str, OpenBill]


def standing_of(db: Session, connection_id: int) -> Standing:
    """The dues of a connection as they stand now."""
    items, behind = open_items(db, connection_id, connection_id), behind_plan(db, connection_id)
    bills = {
        row["about"]: OpenBill(row["open_paise"], row["due_on"], row["open_paise"] < row["paise"], in_plan)
        for found, in_plan in ((items, False), (behind, True))
        for row in found.filter(found["kind"] == "bill").iter_rows(named=True)
    }
    return Standing(items["due_on"].min() if len(items) else None, bills)  # type: ignore[arg-type]
