"""`upay keys`: who may send readings."""
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from upay import clock
from upay.db import session
from upay.metering import intake
from upay.metering.models import HeadEndKey
from upay.network import Zone
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="Keys of the head-ends that may send readings.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]
_COLUMNS = ("id", "head_end", "zones", "since", "ended")


@app.command()
def issue(
    head_end: Annotated[str, typer.Argument(help="The head-end's name.")],
    zone: Annotated[list[str] | None, typer.Option(help="Zone code it is limited to; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once."""
    with session() as db:
        record, key = intake.issue(db, head_end, zone, clock.now())
    if as_json:
        typer.echo(json.dumps({"id": record.id, "head_end": head_end, "key": key}))
        return
    typer.echo(say("reads.key_issued", settings().language, id=record.id or 0, head_end=head_end))
    typer.echo(key)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show every key there is, but never the keys themselves."""
    with session() as db:
        codes = {zone.id: zone.code for zone in db.exec(select(Zone).order_by(col(Zone.id))).all()}
        rows = [_row(key, codes) for key in intake.all_keys(db)]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    language = settings().language
    if not rows:
        typer.echo(say("reads.no_keys", language))
        return
    table = Table(*(say(f"reads.column_{name}", language) for name in _COLUMNS))
    for row in rows:
        zones = row["zones"]
        shown = say("reads.every_zone", language) if zones is None else ", ".join(zones)
        table.add_row(str(row["id"]), row["head_end"], shown, row["since"], row["ended"] or "")
    Console().print(table)


@app.command()
def revoke(key_id: Annotated[int, typer.Argument(help="The key's number, as listed.")]) -> None:
    """End a key at once."""
    with session() as db:
        record = intake.revoke(db, key_id, clock.now())
    typer.echo(say("reads.key_ended", settings().language, id=key_id, head_end=record.head_end))


def _row(key: HeadEndKey, codes: dict[int | None, str]) -> dict[str, Any]:
    return {
        "id": key.id,
        "head_end": key.head_end,
        "zones": None if key.zone_ids is None else [codes.get(zone, str(zone)) for zone in key.zone_ids],
        "since": key.created_at.isoformat(timespec="minutes"),
        "ended": key.revoked_at.isoformat(timespec="minutes") if key.revoked_at else None,
    }
