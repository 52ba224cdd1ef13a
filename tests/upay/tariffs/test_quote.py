"""`upay quote` and the answers behind the public page."""
import json
from datetime import date

import pytest
from typer.testing import CliRunner

from upay.errors import Problem
from upay.packs import pack
from upay.tariffs import Use, pack_book, stretch, would_pay
from upay.tariffs.cli import app, commands
from upay.tariffs.quote import bands_of

HEADS = ("energy", "tod", "fixed", "fppas", "duty", "subsidy", "rebate")


def quoted(*arguments):
    done = CliRunner().invoke(commands, [*arguments, "--json"], catch_exceptions=False)
    return json.loads(done.stdout)


def test_a_quote_holds_every_head_and_how_each_line_came_about():
    told = quoted("--tariff", "up-lmv1-urban", "--kwh", "350", "--load-kw", "2", "--on", "2026-06-15")
    assert {head: told[f"{head}_paise"] for head in HEADS} == {
        "energy": 205_000, "tod": 0, "fixed": 22_000, "fppas": 0, "duty": 11_350, "subsidy": 0, "rebate": 0,
    }  # fmt: skip
    assert told["total_paise"] == sum(line["paise"] for line in told["lines"]) == 238_350
    assert [line["how"] for line in told["lines"]][:2] == ["150 units × ₹5.50", "150 units × ₹6.00"]
    assert (told["first"], told["last"]) == ("2026-06-01", "2026-06-30")


def test_hours_are_priced_by_their_band_and_the_rest_as_normal():
    told = quoted(
        "--tariff", "mp-lv1-2-urban", "--kwh", "200", "--load-kw", "12", "--on", "2025-01-15",
        "--tod", "09-17=60,17-22=40,rest=100",
    )  # fmt: skip
    # 50 × 4.27 + 100 × 5.23 + 50 × 6.61 = 1067; a fifth less of 60/200 and a fifth more of 40/200 of it
    assert told["tod_paise"] == -6_402 + 4_268
    assert [line["paise"] for line in told["lines"] if line["kind"] == "tod"] == [-6_402, 4_268]


def test_without_hours_there_is_no_line_for_them():
    told = quoted("--tariff", "mp-lv1-2-urban", "--kwh", "200", "--load-kw", "12", "--prepaid")
    assert "tod" not in {line["kind"] for line in told["lines"]} and told["rebate_paise"] == -5_000


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--tariff", "up", "--kwh", "1", "--load-kw", "1"), "tariff.unknown"),
        (("--tariff", "up-lmv1-urban", "--kwh", "-1", "--load-kw", "1"), "tariff.negative_energy"),
        (("--tariff", "up-lmv1-urban", "--kwh", "1e9", "--load-kw", "1"), "tariff.absurd_energy"),
        (("--tariff", "up-lmv1-urban", "--kwh", "NaN", "--load-kw", "1"), "tariff.bad_number"),
        (("--tariff", "up-lmv1-urban", "--kwh", "many", "--load-kw", "1"), "tariff.bad_number"),
        (("--tariff", "up-lmv1-urban", "--kwh", "1", "--load-kw", "0"), "tariff.absurd_load"),
        (("--tariff", "up-lmv1-urban", "--kwh", "1", "--load-kw", "1", "--days", "0"), "tariff.absurd_days"),
        (("--tariff", "up-lmv1-urban", "--kwh", "1", "--load-kw", "1", "--on=2019-01-01"), "tariff.nothing_in_force"),
        (("--tariff", "up-lmv1-urban", "--kwh", "9", "--load-kw", "1", "--tod", "9-17"), "tariff.bad_tod"),
        (("--tariff", "up-lmv1-urban", "--kwh", "9", "--load-kw", "1", "--tod", "9-25=1"), "tariff.bad_tod"),
        (("--tariff", "up-lmv1-urban", "--kwh", "9", "--load-kw", "1", "--tod=9-17=1,16-20=1"), "tariff.hours_twice"),
        (("--tariff", "up-lmv1-urban", "--kwh", "9", "--load-kw", "1", "--tod", "9-17=4,rest=4"), "tariff.tod_sum"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_by_its_code(arguments, code):
    with pytest.raises(Problem) as raised:
        quoted(*arguments)
    assert raised.value.code == code


def test_people_read_a_table(monkeypatch):
    done = CliRunner().invoke(commands, ["--tariff", "up-lmv1-urban", "--kwh", "350", "--load-kw", "2"])
    assert "2,383.50" in done.stdout and "5 % of ₹2,270.00" in done.stdout


@pytest.mark.parametrize(
    ("on", "days", "first", "last"),
    [
        ("2026-06-15", None, "2026-06-01", "2026-06-30"),
        ("2026-06-15", 10, "2026-06-15", "2026-06-24"),
        ("2026-06-28", 10, "2026-06-21", "2026-06-30"),
        ("2026-06-28", 60, "2026-06-01", "2026-07-30"),
    ],
)
def test_days_stay_in_the_month_as_long_as_they_fit(on, days, first, last):
    assert stretch(date.fromisoformat(on), days) == (date.fromisoformat(first), date.fromisoformat(last))


def test_hours_across_bands_are_shared_by_the_hour_and_nothing_is_lost():
    bands = pack("up").bands(date(2026, 6, 1))
    # 16–18: one hour of solar, one of peak; 22–02 over midnight is normal
    assert bands_of("16-18=0.003,22-2=1", 2_000, bands) == (1_997, 1, 2)


def test_the_same_use_is_compared_under_every_tariff_of_the_state():
    found = would_pay(pack_book(), Use("up-lmv1-urban", 350_000, 2_000, date(2026, 6, 15), (20, 30)))
    compared = {each.tariff.id: each for each in found.compared}
    assert set(compared) == {"up-lmv1-urban", "up-lmv1-rural", "up-lmv1-lifeline", "up-lmv2-urban"}
    assert compared["up-lmv1-urban"].postpaid_paise == found.quote.totals["total_paise"]
    assert all(each.prepaid_paise < each.postpaid_paise for each in compared.values())
    # More than a lifeline's units: both are billed by the same rates
    assert compared["up-lmv1-lifeline"].postpaid_paise == compared["up-lmv1-urban"].postpaid_paise


def test_packs_are_listed_shown_and_checked():
    run = lambda *given: CliRunner().invoke(app, list(given), catch_exceptions=False).stdout  # noqa: E731
    assert "mp-lv1-1" in run("list")
    assert "0-150" not in run("list") and "UPERC rate schedule" in run("show", "up-lmv1-urban")
    assert "6" in run("check")
