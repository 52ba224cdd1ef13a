"""Importing a file: every row is accounted for, nothing is counted twice, and it ends where any reading ends."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from tests.upay.metering.files.conftest import ASHA, NOW, RAVI, SINCE
from upay.clock import day_start_s
from upay.db import session
from upay.errors import Problem
from upay.metering import usage
from upay.metering.files import Wish, export_blocks, import_file
from upay.metering.models import ConnectionDay, Quality, Quarantine, ReadBatch
from upay.metering.verify import verify
from upay.network import Connection, Meter, MeterInstallation, bump_registry

DAY = date(2026, 3, 1)


def table(meters: dict[str, list[object]], day: date = DAY, minutes: int = 30) -> str:
    """A long CSV in Wh: meter → values from midnight on."""
    lines = ["meter,start,wh"]
    for meter, values in meters.items():
        for slot, value in enumerate(values):
            at = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes * slot)
            lines.append(f"{meter},{at:%Y-%m-%d %H:%M},{value}")
    return "\n".join(lines) + "\n"


def take(path, now=NOW, **wish):
    return import_file(path, Wish(**wish), now)


def counts(report):
    return report.reads, report.accepted, report.rejected, report.duplicates


def day_of(home: int, day: date = DAY) -> ConnectionDay | None:
    with session() as db:
        return db.get(ConnectionDay, (home, day))


def agrees() -> bool:
    with session() as db:
        return verify(db).found == 0


def test_the_readings_of_meters_it_names_reach_their_connections(street, written):
    report = take(written(table({"M1": [100] * 48, "M2": [50] * 48})))
    assert counts(report) == (96, 96, 0, 0)
    assert report.total_wh == 48 * 150
    assert (report.first_block, report.last_block) == ("2026-03-01T00:00:00+05:30", "2026-03-01T23:30:00+05:30")
    assert report.connections == [ASHA, RAVI]
    assert (day_of(1).import_wh, day_of(2).import_wh) == (4_800, 2_400)
    assert agrees()


def test_the_same_file_again_changes_nothing(street, written):
    path = written(table({"M1": [100] * 48}))
    first, again = take(path), take(path, NOW + timedelta(hours=1))
    assert counts(again) == (48, 0, 0, 48)
    assert again.total_wh == first.total_wh == 4_800
    assert day_of(1).import_wh == 4_800
    assert agrees()


def test_of_an_overlapping_file_only_what_is_new_is_taken(lite, written):
    take(written(table({"M1": [100] * 40})))
    report = take(written(table({"M1": [100] * 48}), "longer.csv"))
    assert counts(report) == (48, 8, 0, 40)
    assert report.total_wh == 4_800
    assert day_of(1).import_wh == 4_800
    assert agrees()


def test_another_value_for_a_known_block_is_a_conflict_and_the_first_stays(street, written):
    take(written(table({"M1": [100] * 48})))
    report = take(written(table({"M1": [100] * 47 + [999]}), "other.csv"))
    assert counts(report) == (48, 0, 1, 47)
    assert report.rejected_by == {"reads.conflict": 1}
    assert [(row["row"], row["meter"]) for row in report.first_rejected] == [(48, "M1")]
    assert day_of(1).import_wh == 4_800
    with session() as db:
        assert [held.code for held in db.exec(select(Quarantine))] == ["reads.conflict"]
    assert agrees()


def test_bad_rows_are_told_with_their_reasons_and_the_good_ones_beside_them_taken(street, written):
    values: list[object] = [100] * 48
    values[3], values[4], values[5] = -1, "abc", ""
    text = table({"M1": values}) + "M1,someday,5\nM9,2026-03-01 00:00,5\nM1,2036-03-01 00:00,5\n"
    report = take(written(text))
    assert counts(report) == (51, 45, 6, 0)
    assert report.rejected_by == {
        "reads.negative": 1,
        "reads.not_a_number": 1,
        "reads.missing_field": 1,
        "reads.bad_time": 1,
        "reads.unknown_meter": 1,
        "reads.row_in_future": 1,
    }
    assert [row["row"] for row in report.first_rejected] == [4, 5, 6, 49, 50, 51]
    assert report.total_wh == 4_500
    again = take(written(text))
    assert counts(again) == (51, 0, 6, 45)


def test_rows_that_repeat_inside_a_file_count_once(lite, written):
    text = table({"M1": [100] * 48})
    report = take(written(text + "".join(text.splitlines(keepends=True)[1:4]) + "M1,2026-03-01 00:00,101\n"))
    assert counts(report) == (52, 48, 1, 3)
    assert counts(take(written(text + "M1,2026-03-01 00:00,101\n", "b.csv"))) == (49, 0, 1, 48)


def test_blocks_of_another_length_on_a_known_day_are_off_its_grid(lite, written):
    take(written(table({"M1": [100] * 48})))
    report = take(written(table({"M1": [200] * 24}, minutes=60), "hours.csv"))
    # Every full hour is also the start of a known half-hour, but of another length.
    assert counts(report) == (24, 0, 24, 0)
    assert report.rejected_by == {"reads.off_grid": 24}
    assert day_of(1).import_wh == 4_800


def test_days_that_are_not_over_wait_for_their_end(lite, written):
    today = date(2026, 3, 20)
    report = take(written(table({"M1": [100] * 10}, today)), NOW)
    assert report.accepted == 10
    assert day_of(1, today) is None
    assert counts(take(written(table({"M1": [100] * 10}, today), "again.csv"), NOW)) == (10, 0, 0, 10)


def test_a_file_that_names_no_meter_goes_to_the_connection_it_is_meant_for(street, written):
    text = table({"x": [100] * 48}).replace("x,", ",")
    report = take(written(text), connection=RAVI)
    assert (report.connections, report.meters) == ([RAVI], ["M2"])
    assert day_of(2).import_wh == 4_800


def test_a_meter_that_nobody_knows_stands_for_the_connection_it_is_meant_for(lite, written):
    assert take(written(table({"LCL-7": [100] * 48})), connection=ASHA).meters == ["M1"]


def test_readings_older_than_the_installation_move_it_back(street, written):
    old = date(2024, 5, 1)
    report = take(written(table({"x": [100] * 48}, old)), connection=ASHA)
    assert report.accepted == 48
    assert [remark.code for remark in report.remarks] == ["files.reached_back"]
    with session() as db:
        stay = db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == 1)).one()
        assert stay.from_at == datetime(2024, 4, 30, 18, 30, tzinfo=UTC)
        assert usage.first_day(db, 1) == old
    assert day_of(1, old).import_wh == 4_800


def test_an_installation_is_not_moved_back_over_another_place_where_the_meter_stood(lite, written):
    with session() as db:
        stay = {"from_at": SINCE - timedelta(days=900), "to_at": SINCE - timedelta(days=30)}
        db.add(MeterInstallation(meter_id=1, connection_id=2, dtr_id=1, **stay))
    with pytest.raises(Problem) as raised:
        take(written(table({"x": [100] * 48}, date(2024, 5, 1))), connection=ASHA)
    assert raised.value.code == "files.stood_elsewhere"


def test_after_a_meter_change_each_block_goes_to_the_meter_that_stood_there(lite, written):
    noon = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    with session() as db:
        old = db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == 1)).one()
        old.to_at = noon
        db.add(Meter(serial="M3"))
        db.flush()
        db.add(MeterInstallation(meter_id=3, connection_id=1, dtr_id=1, from_at=noon))
        bump_registry(db)
    report = take(written(table({"x": [100] * 48})), connection=ASHA)
    assert sorted(report.meters) == ["M1", "M3"]
    assert day_of(1).import_wh == 4_800


@pytest.mark.parametrize(
    ("meters", "wish", "code"),
    [
        (["X1"], {}, "reads.unknown_meter"),
        ([""], {}, "files.not_named"),
        (["X1", "X2"], {"connection": ASHA}, "files.several_meters"),
        (["M2"], {"connection": ASHA}, "files.other_meter"),
        (["X1"], {"connection": "1"}, "files.unknown_connection"),
        (["X1"], {"meter": "X3", "connection": ASHA}, "files.no_such_meter"),
    ],
)
def test_a_file_that_cannot_be_placed_says_why_and_takes_nothing(lite, written, meters, wish, code):
    with pytest.raises(Problem) as raised:
        take(written(table({meter: [100] * 4 for meter in meters})), **wish)
    assert raised.value.code == code
    with session() as db:
        assert db.exec(select(ReadBatch)).all() == []


@pytest.mark.parametrize("wanted", ["X2", "2"])
def test_of_several_meters_one_is_chosen_by_name_or_place(lite, written, wanted):
    path = written(table({"X1": [100] * 48, "X2": [70] * 48}))
    report = take(path, meter=wanted, connection=ASHA)
    assert (report.reads, report.total_wh) == (48, 48 * 70)


def test_unknown_meters_can_be_registered_each_with_a_connection(street, written):
    text = table({"HOME 7": [600] * 48, "Solar": [10] * 48})
    report = take(written(text), register=True)
    assert counts(report) == (96, 96, 0, 0)
    assert report.meters == ["HOME-7", "Solar"]
    with session() as db:
        made = {row.consumer_name: row for row in db.exec(select(Connection).where(Connection.id > 2))}
        # 600 Wh in half an hour is 1.2 kW: two kilowatts of sanctioned load
        assert made["HOME 7"].sanctioned_load_w == 2_000
        assert [row.number for row in made.values()] == report.connections
    assert counts(take(written(text), register=True)) == (96, 0, 0, 96)
    assert agrees()


def test_an_unnamed_file_is_registered_under_its_own_name(lite, written):
    path = written(table({"": [100] * 48}), "kitchen meter.csv")
    assert take(path, register=True).meters == ["kitchen-meter"]
    assert counts(take(path, register=True)) == (48, 0, 0, 48)


def test_hours_aligned_to_utc_keep_their_half_hour_off_the_indian_grid(street, written):
    lines = [f"M1,2026-03-01T{hour:02d}:00:00Z,{hour}" for hour in range(24)]
    report = take(written("meter,start,wh\n" + "\n".join(lines) + "\n"))
    assert report.accepted == 24
    with session() as db:
        blocks = usage.blocks(db, 1, DAY, DAY + timedelta(days=1))
    known = blocks.filter(blocks["quality"] == Quality.ACTUAL)
    # 00:00 UTC is 05:30 in India
    assert known["start_s"][0] == day_start_s(DAY) + 5 * 3600 + 1800
    assert known["wh"].to_list() == list(range(24))


def test_what_the_sender_estimated_stays_an_estimate_and_is_exported_as_one(lite, written):
    text = "meter,start,wh,quality\n" + "".join(
        f"M1,2026-03-01 {slot // 2:02d}:{30 * (slot % 2):02d},100,{'like_day' if slot == 9 else 'actual'}\n"
        for slot in range(48)
    )
    assert take(written(text)).accepted == 48
    with session() as db:
        export = export_blocks(db, 1, DAY, DAY, "csv")
    exported = b"".join(export.pieces()).decode().splitlines()
    assert exported[10].split(",")[4] == "like_day"
    assert day_of(1).estimated == 1


@pytest.mark.parametrize("fmt", ["csv", "greenbutton"])
def test_what_was_exported_is_known_when_it_comes_back(lite, written, fmt):
    take(written(table({"M1": [100 + slot for slot in range(48)]})))
    with session() as db:
        export = export_blocks(db, 1, DAY, DAY, fmt)
    report = take(written(b"".join(export.pieces()), export.name), connection=ASHA)
    assert counts(report) == (48, 0, 0, 48)
    assert report.total_wh == sum(range(100, 148))
