"""`upay bill`: run a cycle, look at a bill, prove it."""
import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import col, select

from upay import clock
from upay.billing import settle
from upay.billing.checks import CODES, HARD
from upay.billing.cycle import Asked, run_cycle
from upay.billing.explain import Explained, explained
from upay.billing.models import Bill, BillException, BillingRun, BillReversal, ExceptionState
from upay.billing.numbers import ids_of_cycle
from upay.billing.records import WholeBill, bill_numbered, whole
from upay.billing.replay import replay
from upay.billing.rules import cycle_of
from upay.db import session
from upay.money import rupees
from upay.network.models import Connection, Zone
from upay.settings import settings
from upay.text import say

app = typer.Typer(name="bill", no_args_is_help=True, help="Bills: run a cycle, look at a bill, prove it.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def about() -> None:
    """Bills: run a cycle, look at a bill, prove it."""


@app.command()
def run(
    cycle: Annotated[list[str], typer.Option(help="YYYY-MM; several are billed in the order given.")],
    zone: Annotated[list[str] | None, typer.Option(help="Code of a zone; all if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and sum; write no bill.")] = False,
    as_scheduled: Annotated[
        bool, typer.Option("--as-scheduled", help="Bills bear the schedule's days, however long past: for history.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bill a cycle. Who has a bill keeps it; a run that was broken off goes on where it was."""
    screen = Console(stderr=True, highlight=False)
    for month in [cycle_of(each) for each in cycle]:
        with Progress(console=screen, transient=not screen.is_terminal, disable=as_json) as progress:
            task = progress.add_task(f"{month:%Y-%m}", total=None)
            runs = run_cycle(
                month,
                zone,
                clock.now(),
                Asked(dry_run, as_scheduled),
                on_progress=lambda done: progress.advance(task, done),  # noqa: B023 - called in this turn alone
            )
        _report(runs, as_json)


@app.command("list")
def list_(
    cycle: Annotated[str, typer.Option(help="YYYY-MM.")],
    as_json: Json = False,
) -> None:
    """List the bills of a cycle that stand: number, connection, what is to be paid, by when."""
    least, most = ids_of_cycle(cycle_of(cycle))
    asked = (
        select(Bill, Connection.number)
        .join(Connection, col(Connection.id) == col(Bill.connection_id))
        .where(col(Bill.id).between(least, most), col(Bill.id).not_in(select(BillReversal.bill_id)))
        .order_by(col(Bill.id))
    )
    with session() as db:
        rows: list[dict[str, Any]] = [
            {"number": bill.number, "connection": number, "payable_paise": bill.payable_paise}
            | {"prepaid": bill.prepaid, "due_on": bill.due_on and bill.due_on.isoformat()}
            | {"issued_on": bill.issued_on.isoformat(), "current_paise": bill.current_paise}
            for bill, number in db.exec(asked)
        ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        amount = rupees(row["payable_paise"])
        typer.echo(f"{row['number']}  {row['connection']}  {amount:>14}  {row['due_on'] or '–'}")


@app.command()
def show(number: Annotated[str, typer.Argument(help="A bill's number.")], as_json: Json = False) -> None:
    """Show a bill: its lines, how each came about, and the readings behind it."""
    with session() as db:
        held = whole(db, bill_numbered(db, number))
        told = explained(db, held)
    if as_json:
        typer.echo(json.dumps(_as_plain(held, told), ensure_ascii=False, default=str))
        return
    table = Table(*(_say(f"billing.column_{name}") for name in ("line", "how", "amount")))
    for line in told.lines:
        how = _say(line.formula, **line.formula_params) if line.formula else ""
        table.add_row(_say(line.title, **line.title_params), how, f"{line.paise / 100:,.2f}")
    screen = Console(highlight=False)
    screen.print(_headline(held), markup=False)
    screen.print(table)


@app.command(name="replay")
def replay_(number: Annotated[str, typer.Argument(help="A bill's number.")], as_json: Json = False) -> None:
    """Compute a bill again from the readings and tariffs it names, to the paisa. Ends with 1 when anything differs."""
    with session() as db:
        found = replay(db, bill_numbered(db, number))
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"agrees": found.agrees}, ensure_ascii=False))
    else:
        code = "billing.replay_agrees" if found.agrees else "billing.replay_differs"
        rupees = f"{found.total_paise / 100:,.2f}"
        typer.echo(_say(code, number=found.number, lines=found.lines, rupees=rupees, count=len(found.mismatches)))
        for each in found.mismatches:
            typer.echo(f"  {each.what} {each.where}: {each.billed} ≠ {each.computed}")
    if not found.agrees:
        raise typer.Exit(1)


@app.command()
def approve(
    cycle: Annotated[str, typer.Option(help="YYYY-MM.")],
    reason: Annotated[str, typer.Option(help="Why they may be billed as they are.")],
    code: Annotated[list[str] | None, typer.Option(help="Only exceptions of this kind, as `high`.")] = None,
    as_scheduled: Annotated[bool, typer.Option("--as-scheduled", help="As of `run`.")] = False,
) -> None:
    """Approve a cycle's waiting exceptions, but for those that cannot be billed as they are, and bill them."""
    now = clock.now()
    wanted = set(code or CODES) - HARD
    with session() as db:
        waiting = db.exec(
            select(BillException.id).where(
                BillException.cycle == cycle_of(cycle),
                BillException.state == ExceptionState.OPEN,
                col(BillException.code).in_(wanted),
            )
        ).all()
        decided = settle.approve(db, waiting, reason, settle.By(None), now)
    settle.bill_decided(decided, now, as_scheduled)
    typer.echo(_say("billing.approved", count=len(decided)))


@app.command()
def reverse(
    number: Annotated[str, typer.Argument(help="A bill's number.")],
    reason: Annotated[str, typer.Option(help="Why it counts no more.")],
    units: Annotated[float | None, typer.Option(min=0, help="kWh of the new bill; left out: as read.")] = None,
) -> None:
    """Reverse a bill and make another in its place. The old one stays as it was; the ledger takes it back."""
    now = clock.now()
    with session() as db:
        bill = bill_numbered(db, number)
        settle.reverse_bill(db, bill, reason, settle.By(None), now, None if units is None else round(units * 1000))
    settle.make_anew(bill, now)
    with session() as db:
        typer.echo(_say("billing.made_anew", old=bill.number, new=whole(db, bill).replaced_by or "–"))


def _report(runs: list[int], as_json: bool) -> None:
    with session() as db:
        asked = select(BillingRun, Zone.code).join(Zone, col(Zone.id) == col(BillingRun.zone_id))
        found = db.exec(asked.where(col(BillingRun.id).in_(runs)).order_by(Zone.code)).all()
        rows: list[dict[str, Any]] = [
            {**each.model_dump(mode="json", exclude={"id", "person_id"}), "zone": code} for each, code in found
        ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(
            _say(
                "billing.ran_dry" if row["dry_run"] else "billing.ran",
                zone=row["zone"], cycle=row["cycle"][:7], billed=row["billed"], provisional=row["provisional"],
                exceptions=row["exceptions"], units=f"{row['units_wh'] / 1000:,.0f}",
                rupees=f"{row['current_paise'] / 100:,.2f}",
            )
        )  # fmt: skip


def _headline(held: WholeBill) -> str:
    bill = held.bill
    return _say(
        "billing.headline", number=bill.number, state=held.state, first=bill.first.isoformat(),
        last=bill.last.isoformat(), units=f"{bill.units_wh / 1000:,.3f}", basis=bill.basis,
        payable=f"{bill.payable_paise / 100:,.2f}", due=bill.due_on.isoformat() if bill.due_on else "–",
    )  # fmt: skip


def _as_plain(held: WholeBill, told: Explained) -> dict[str, Any]:
    return {
        **held.bill.model_dump(mode="json"),
        "number": held.bill.number,
        "state": held.state,
        "replaced_by": held.replaced_by,
        "parts": [part.model_dump(mode="json") for part in held.parts],
        "lines": [
            line.model_dump(mode="json", exclude={"bill_id"}) | {"title": how.title, "formula": how.formula}
            for line, how in zip(held.lines, told.lines, strict=True)
        ],
        "reads": {number: asdict(each) for number, each in told.reads.items()},
    }


def _say(code: str, **params: str | int) -> str:
    return say(code, settings().language, **params)
