"""`upay import` and `upay export`."""
import json

import pytest
import typer
from typer.testing import CliRunner

from tests.upay.metering.files.conftest import ASHA
from upay.errors import Problem
from upay.metering.files.cli import export, import_

app = typer.Typer()
app.command("import")(import_)
app.command()(export)
runner = CliRunner()

GOOD = "meter,start,wh\n" + "".join(f"M1,2026-03-01 {hour:02d}:00,5\n" for hour in range(24))


def run(*words: object):
    return runner.invoke(app, [str(word) for word in words])


def test_json_is_one_object_a_file_with_every_row_accounted_for(lite, written):
    done = run("import", written(GOOD), "--json")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert {name: report[name] for name in ("reads", "accepted", "rejected", "duplicates", "total_wh")} == {
        "reads": 24,
        "accepted": 24,
        "rejected": 0,
        "duplicates": 0,
        "total_wh": 120,
    }
    assert (report["first_block"], report["last_block"]) == ("2026-03-01T00:00:00+05:30", "2026-03-01T23:00:00+05:30")
    assert (report["file"], report["connection"]) == ("readings.csv", ASHA)


def test_several_files_are_imported_in_turn(lite, written):
    done = run("import", written(GOOD, "a.csv"), written(GOOD, "b.csv"), "--json")
    assert [json.loads(line)["duplicates"] for line in done.stdout.splitlines()] == [0, 24]


def test_a_person_is_told_what_was_taken_and_why_a_row_was_not(lite, written):
    done = run("import", written(GOOD.replace("01:00,5", "01:00,-5")))
    assert done.exit_code == 0
    assert "23" in done.stdout and "Row 2" in done.stdout


def test_a_file_of_which_nothing_is_good_ends_with_1(lite, written):
    assert run("import", written(GOOD.replace(",5\n", ",-5\n"))).exit_code == 1


def test_meters_that_nobody_knows_come_with_a_hint(lite, written):
    done = run("import", written(GOOD.replace("M1", "X1")))
    assert isinstance(done.exception, Problem) and done.exception.code == "reads.unknown_meter"
    assert "--connection" in done.output


def test_a_unit_that_is_none_is_refused(lite, written):
    assert run("import", written(GOOD), "--unit", "joule").exception.code == "files.unknown_unit"


@pytest.mark.parametrize(("fmt", "begins"), [("csv", b"start,"), ("xlsx", b"PK"), ("greenbutton", b"<?xml")])
def test_export_writes_the_days_from_the_first_to_the_last(lite, written, tmp_path, fmt, begins):
    run("import", written(GOOD))
    out = tmp_path / "out"
    done = run("export", ASHA, "--from", "2026-03-01", "--to", "2026-03-01", "--format", fmt, "--out", out)
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("connection", "to", "fmt", "code"),
    [
        ("1", "2026-03-01", "csv", "files.unknown_connection"),
        (ASHA, "2026-02-01", "csv", "files.export.reversed"),
        (ASHA, "2026-03-01", "pdf", "files.export.format"),
    ],
)
def test_what_cannot_be_exported_is_named(lite, tmp_path, connection, to, fmt, code):
    done = run("export", connection, "--from", "2026-03-01", "--to", to, "--format", fmt, "--out", tmp_path / "out")
    assert done.exception.code == code
