"""The real readings at hand import whole: homes of Bareilly, one of London, Green Button samples."""
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.upay.metering.files.conftest import ASHA, NOW, build
from upay.db import session
from upay.metering import usage
from upay.metering.files import Wish, export_blocks, import_file
from upay.metering.models import ConnectionDay, Quality
from upay.metering.verify import verify

DATA = Path(__file__).parents[5] / "shared" / "data"
GREEN = DATA / "greenbutton"

pytestmark = [pytest.mark.data, pytest.mark.skipif(not DATA.is_dir(), reason="the readings in ../shared are absent")]


@pytest.fixture(autouse=True)
def street(sqlite):
    build()


def agrees() -> bool:
    with session() as db:
        return verify(db).found == 0


def test_the_46_homes_of_bareilly(tmp_path):
    path = DATA / "bareilly_daily_kwh.csv"
    report = import_file(path, Wish(register=True), NOW)
    kwh = pl.read_csv(path, schema_overrides={"t_kWh": pl.Decimal(20, 15)}, truncate_ragged_lines=True)
    assert (report.reads, report.accepted, report.rejected) == (28_119, 28_119, 0)
    assert len(report.meters) == len(report.connections) == 46
    # The file's own sum, in floats: each of its 28,119 numbers may be half a watt-hour off.
    assert abs(report.total_wh - float(kwh["t_kWh"].sum()) * 1000) < 28_119 / 2
    assert (report.first_block[:10], report.last_block[:10]) == ("2019-05-09", "2021-10-31")
    again = import_file(path, Wish(register=True), NOW)
    assert (again.accepted, again.duplicates, again.total_wh) == (0, 28_119, report.total_wh)
    assert agrees()


def test_a_home_in_london_whose_file_names_no_meter():
    report = import_file(DATA / "london_halfhourly_kwh.csv", Wish(connection=ASHA), NOW, timezone="Europe/London")
    assert (report.reads, report.rejected) == (38_784, report.reads - report.accepted - report.duplicates)
    assert report.accepted > 38_700  # its clock shows an hour twice each autumn, and skips one each spring
    assert agrees()


@pytest.mark.parametrize(
    ("name", "reads", "rejected", "total_wh", "minutes"),
    [
        ("15minLP_15Days.xml", 1_340, 0, 1_397_734, 15),
        ("1hrLP_32Days.xml", 768, 0, 2_354_843, 60),
        # Where its clock was changed the sample has a block of no length, one of two hours, and one hour twice.
        ("Coastal_Single_Family_Jan_1_2011_to_Jan_1_2012.xml", 8_760, 3, 6_561_333, 60),
    ],
)
def test_green_button_samples_come_back_out_as_they_went_in(tmp_path, name, reads, rejected, total_wh, minutes):
    report = import_file(GREEN / name, Wish(connection=ASHA), NOW)
    assert (report.reads, report.accepted, report.rejected) == (reads, reads - rejected, rejected)
    assert report.total_wh == total_wh
    first, last = (date.fromisoformat(str(block)[:10]) for block in (report.first_block, report.last_block))
    with session() as db:
        blocks = usage.blocks(db, 1, first, last + timedelta(days=1))
        actual = blocks.filter((pl.col("quality") == Quality.ACTUAL) & (pl.col("minutes") == minutes))
        assert int(actual["wh"].cast(pl.Int64).sum()) == total_wh
        export = export_blocks(db, 1, first, last, "greenbutton")
        file, content = export.name, b"".join(export.pieces())
        sums = db.get(ConnectionDay, (1, first + timedelta(days=2)))
    assert sums.blocks == 1440 // minutes
    (tmp_path / file).write_bytes(content)
    back = import_file(tmp_path / file, Wish(connection=ASHA), NOW)
    assert back.duplicates == reads - rejected
    assert agrees()
