"""`upay reads` on the command line."""
import json

from typer.testing import CliRunner

from tests.upay.metering.days.fleet import MONDAY, MORNING, build, land, reads, rolled, varied
from tests.upay.metering.days.test_backfill import history, write
from upay import clock
from upay.bulk import bulk
from upay.cli import build as command


def run(*words, at=MORNING):
    with clock.at(at):
        return CliRunner().invoke(command(), ["reads", *words])


def test_reads_are_folded_closed_and_proved(sqlite):
    build()
    wh = varied()
    land(reads(wh))
    assert "336" in run("fold").output
    assert run("close", MONDAY.isoformat()).exit_code == 0
    assert rolled(1).import_wh == sum(wh[1])
    proof = run("verify")
    assert proof.exit_code == 0 and "Everything agrees" in proof.output


def test_the_proof_ends_with_one_and_names_the_difference(sqlite):
    build()
    land(reads(varied()))
    run("fold")
    run("close")
    with bulk() as db:
        db.execute("UPDATE connectionday SET import_wh = 1 WHERE connection_id = 2")
    told = run("verify")
    assert told.exit_code == 1
    assert "2026-06-08, connection 2" in told.output and "import_wh=1" in told.output
    # the connection, and the DTR that no longer is its sum
    assert json.loads(run("verify", "--json").output)["found"] == 2


def test_a_backfill_tells_what_it_took(sqlite, tmp_path):
    build()
    folder = write(tmp_path / "in", history())
    report = json.loads(run("backfill", str(folder), "--source", "demo", "--json", at=MORNING.replace(month=7)).output)
    assert report["closed"] and report["accepted"] == report["reads"] > 3_900
    assert "taken before" in run("backfill", str(folder), "--source", "demo", at=MORNING.replace(month=7)).output


def test_what_the_checks_found_can_be_listed_with_its_reason(sqlite):
    build()
    wh = {**varied(), 3: [150] * 48}
    wh[1][20] = 5_000
    land(reads(wh))
    run("fold")
    run("close")
    days = ("--from", MONDAY.isoformat(), "--to", MONDAY.isoformat())
    told = run("flags", *days)
    assert "2026-06-08 X X 0000000001 M1" in told.output and "spike × 1" in told.output
    (stuck,) = [json.loads(line) for line in run("flags", *days, "--flag", "stuck", "--json").output.splitlines()]
    assert (stuck["serial"], stuck["connection"], stuck["blocks"]["STUCK"]) == ("M3", "0000000003", 48)
    assert run("flags", *days, "--zone", "Y", "--json").output == ""
    assert run("flags", *days, "--flag", "magic").exit_code == 1
    assert run("flags", "--from", "0001-01-01", "--to", "0001-01-02").exit_code == 1
