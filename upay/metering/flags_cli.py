"""`upay reads flags`: what the checks found, day by day."""
import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from upay.errors import Problem
from upay.metering.flagged import Flagged, flagged
from upay.metering.span import within_reach
from upay.metering.vee import Flag
from upay.settings import settings
from upay.text import say


def flags(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    flag: Annotated[list[str] | None, typer.Option(help="Only this one, like spike; may be repeated.")] = None,
    zone: Annotated[str, typer.Option(help="Only meters of the zone with this code.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON, a line for each day of a meter.")] = False,
) -> None:
    """List the days on which the checks found something, and in how many blocks."""
    within_reach(first.date(), last.date())
    count = 0
    for one in flagged(first.date(), last.date(), [_named(name) for name in flag or ()], zone):
        count += 1
        typer.echo(json.dumps(asdict(one), default=str) if as_json else _told(one))
    if not as_json:
        typer.echo(say("flags.count", settings().language, count=count))


def _named(name: str) -> Flag:
    try:
        return Flag[name.upper()]
    except KeyError:
        known = ", ".join(str(flag.name).lower() for flag in Flag)
        raise Problem("flags.unknown", {"flag": name[:32], "known": known}) from None


def _told(one: Flagged) -> str:
    language = settings().language
    found = [
        say(f"flags.{name.lower()}", language) + (f" × {blocks}" if blocks else "")
        for name, blocks in one.blocks.items()
    ]
    where = " ".join(part for part in (one.zone, one.dtr, one.connection, one.serial) if part)
    energy = "–" if one.total_wh is None else f"{one.total_wh / 1000:,.3f} kWh"
    return f"{one.day} {where} {energy}: {', '.join(found)}"
