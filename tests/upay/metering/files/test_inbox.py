"""The watched folder: what lies still is imported and put away with its report."""
import io
import json
import os
import random
from datetime import timedelta

import polars as pl
import pytest
from polars.exceptions import PanicException
from sqlalchemy.exc import OperationalError

from tests.upay.metering.files.conftest import ASHA, NOW
from upay.metering.files import inbox, take_inbox
from upay.settings import settings

GOOD = "meter,start,wh\n" + "".join(f"M1,2026-03-01 {hour:02d}:00,5\n" for hour in range(24))
UNNAMED = GOOD.replace("M1,", ",")


@pytest.fixture
def drop(lite):
    """Drop a file into the folder."""

    def put(name, text=GOOD):
        settings().inbox.mkdir(parents=True, exist_ok=True)
        path = settings().inbox / name
        path.write_text(text)
        return path

    return put


def look():
    """Look twice, as the job does every ten seconds."""
    return [*take_inbox(NOW), *take_inbox(NOW + timedelta(seconds=10))]


def report(where, name):
    return json.loads((settings().inbox / where / f"{name}.report.json").read_text())


def test_a_file_that_lies_still_is_imported_and_put_away_with_its_report(drop):
    path = drop("march.csv")
    assert take_inbox(NOW) == []
    assert [taken.accepted for taken in take_inbox(NOW)] == [24]
    assert not path.exists()
    assert (settings().inbox / "done" / "march.csv").read_text() == GOOD
    assert report("done", "march.csv")["accepted"] == 24


def test_a_file_that_still_grows_is_left_until_it_lies_still(drop):
    path = drop("march.csv", GOOD[:100])
    assert take_inbox(NOW) == []
    path.write_text(GOOD)
    assert take_inbox(NOW) == []
    assert len(take_inbox(NOW)) == 1


def test_a_file_under_a_name_for_unfinished_ones_is_never_touched(drop):
    path = drop("march.csv.part")
    assert look() == []
    path.rename(path.with_suffix(""))
    assert len(look()) == 1


def test_its_name_may_say_whose_readings_they_are(drop):
    drop(f"{ASHA}__march.csv", UNNAMED)
    assert look()[0].connections == [ASHA]


def test_a_file_that_cannot_be_placed_is_put_away_with_the_reason(drop):
    drop("march.csv", UNNAMED)
    drop("april.csv")
    assert [taken.file for taken in look()] == ["april.csv"]
    assert report("failed", "march.csv")["code"] == "files.not_named"


def test_the_same_name_twice_keeps_both_files(drop):
    drop("march.csv")
    look()
    drop("march.csv")
    look()
    assert len(list((settings().inbox / "done").glob("march*.csv"))) == 2


def test_a_file_that_breaks_its_import_does_not_hold_up_the_others(drop, monkeypatch):
    kept = inbox.import_file

    def breaks(path, *rest):
        if path.name == "a.csv":
            raise ZeroDivisionError
        return kept(path, *rest)

    monkeypatch.setattr(inbox, "import_file", breaks)
    first, second = drop("a.csv"), drop("b.csv")
    os.utime(first, (1, 1))
    assert [taken.file for taken in look()] == ["b.csv"]
    assert report("failed", "a.csv")["params"] == {"error": "ZeroDivisionError"}
    assert not second.exists()


def test_while_the_database_is_away_files_stay_where_they_are(drop, monkeypatch):
    def away(*_):
        raise OperationalError("select", {}, Exception())

    path = drop("march.csv")
    take_inbox(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "import_file", away)
        with pytest.raises(OperationalError):
            take_inbox(NOW)
    assert path.exists()
    assert len(take_inbox(NOW)) == 1


def test_a_panic_of_a_reader_fails_the_file_with_a_report(drop, monkeypatch):
    def panics(*_args, **_named):
        raise PanicException("index out of bounds")

    monkeypatch.setattr(inbox, "import_file", panics)
    drop("poison.parquet")
    assert look() == []
    assert report("failed", "poison.parquet")["code"] == "files.broke"


def test_a_file_that_ends_its_importer_is_put_away_at_the_fourth_attempt(drop, monkeypatch):
    def dies(*_args, **_named):
        raise SystemExit  # as an abort would, it leaves nobody to say how it ended

    path = drop("poison.parquet")
    take_inbox(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "import_file", dies)
        for _ in range(3):
            with pytest.raises(SystemExit):
                take_inbox(NOW)
    assert path.exists()
    assert take_inbox(NOW) == []
    assert report("failed", "poison.parquet")["code"] == "files.ended_importer"
    drop("march.csv")
    assert [taken.accepted for taken in look()] == [24]


def test_trouble_that_is_not_the_files_counts_as_no_attempt(drop, monkeypatch):
    def away(*_args, **_named):
        raise OperationalError("", {}, Exception())

    drop("march.csv")
    take_inbox(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "import_file", away)
        for _ in range(5):
            with pytest.raises(OperationalError):
                take_inbox(NOW)
    assert [taken.accepted for taken in take_inbox(NOW)] == [24]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_wrong_inside_a_parquet_file_ends_in_a_report(drop, seed):
    """Flipped bytes make Polars' own reader panic, and sometimes abort the process."""
    chance = random.Random(seed)
    out = io.BytesIO()
    pl.DataFrame({"meter": ["M1"] * 300, "start": ["2026-03-01 00:00"] * 300, "wh": range(300)}).write_parquet(out)
    names = [f"{seed}-{number}.parquet" for number in range(40)]
    for name in names:
        spoilt = bytearray(out.getvalue())
        for _ in range(3):
            spoilt[chance.randrange(4, len(spoilt) - 4)] = chance.randrange(256)
        drop(name, "").write_bytes(bytes(spoilt))
    look()
    assert all(list(settings().inbox.glob(f"*/{name}.report.json")) for name in names)
