"""Tables of readings as people have them: long, wide, with and without units, from whatever program wrote them."""
import io
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upay.clock import IST, day_start_s
from upay.errors import Problem
from upay.metering.files.tables import read_csv, read_parquet

DAY = date(2026, 3, 1)
MIDNIGHT = day_start_s(DAY)


def csv(text: str, timezone: str = "Asia/Kolkata", unit: str | None = None):
    return read_csv(text.encode(), timezone, unit)


def rows(content, *columns: str):
    return content.reads.select(columns or ("meter", "start_s", "minutes", "wh")).rows()


def test_a_long_table_of_daily_kilowatt_hours():
    content = csv("meter,Date,t_kWh\nBR02,2026-03-01,6.959999999999997\nBR02,2026-03-02,4.9105\nBR03,2026-03-01,0\n")
    assert content.form == "csv"
    assert rows(content) == [
        ("BR02", MIDNIGHT, 1440, 6960),
        ("BR02", MIDNIGHT + 86_400, 1440, 4911),  # 4910.5 Wh, half up
        ("BR03", MIDNIGHT, 1440, 0),
    ]


def test_a_table_whose_time_column_has_no_heading_and_that_names_no_meter():
    content = csv(",KWH/hh (per half hour) \n2026-03-01 00:00:00,0.082\n2026-03-01 00:30:00,0.03\n")
    assert rows(content) == [(None, MIDNIGHT, 30, 82), (None, MIDNIGHT + 1800, 30, 30)]


def test_wall_clock_times_are_indian_unless_another_zone_is_named():
    table = "time,wh\n2026-03-01 00:00,5\n2026-03-01 01:00,6\n"
    assert csv(table).reads["start_s"][0] == MIDNIGHT
    assert csv(table, "UTC").reads["start_s"][0] == MIDNIGHT + 19_800


def test_times_with_an_offset_mean_what_they_say():
    content = csv("start,wh\n2026-03-01T00:00:00Z,5\n2026-03-01T06:00:00+05:30,6\n", "Europe/London")
    assert content.reads["start_s"].to_list() == [MIDNIGHT + 19_800, MIDNIGHT + 6 * 3600]


@pytest.mark.parametrize(
    "written", ["01-03-2026 00:30", "01/03/2026 00:30:00", "2026/03/01 00:30", "01-Mar-2026 12:30 AM", "20260301 00:30"]
)
def test_days_stand_before_months(written):
    assert csv(f"time,wh\n{written},5\n").reads["start_s"].to_list() == [MIDNIGHT + 1800]


def test_date_and_time_in_columns_of_their_own():
    assert rows(csv("Date;Time;kWh\n01/03/2026;00:15;0,1\n".replace("0,1", "0.1")), "start_s", "wh") == [
        (MIDNIGHT + 900, 100)
    ]


def test_a_wide_table_has_a_row_a_day_and_a_column_a_block():
    headings = ",".join(f"{slot // 2:02d}:{30 * (slot % 2):02d}" for slot in range(48))
    content = csv(f"meter,date,{headings}\nM1,01/03/2026,{','.join(f'0.{slot:02d}' for slot in range(48))}\n")
    assert content.form == "wide_csv"
    # 0.00, 0.01 … kWh: numbers with a point are kilowatt-hours
    assert rows(content) == [("M1", MIDNIGHT + 1800 * slot, 30, 10 * slot) for slot in range(48)]


@pytest.mark.parametrize(("count", "minutes"), [(24, 60), (48, 30), (96, 15)])
def test_a_wide_table_may_number_its_blocks(count, minutes):
    headings = ",".join(f"h{slot + 1}" for slot in range(count))
    content = csv(f"day,{headings}\n2026-03-01,{','.join('7' for _ in range(count))}\n")
    assert rows(content, "start_s", "minutes", "wh")[-1] == (MIDNIGHT + 86_400 - 60 * minutes, minutes, 7)


def test_an_empty_cell_of_a_wide_table_is_no_reading_and_a_bad_one_is_kept_to_be_rejected():
    headings = ",".join(str(slot) for slot in range(1, 25))
    content = csv(f"day,{headings}\n2026-03-01,,x,{','.join('7' for _ in range(22))}\n")
    assert len(content.reads) == 23
    assert content.reads["wh"][0] == "x"


def test_without_a_unit_whole_numbers_are_watt_hours_and_numbers_with_a_point_kilowatt_hours():
    assert csv("time,value\n2026-03-01 00:00,250\n").reads["wh"].to_list() == [250]
    assert csv("time,value\n2026-03-01 00:00,0.25\n2026-03-01 00:30,1\n").reads["wh"].to_list() == [250, 1000]
    assert csv("time,value\n2026-03-01 00:00,2\n", unit="kwh").reads["wh"].to_list() == [2000]
    assert csv("time,Units\n2026-03-01 00:00,2\n").reads["wh"].to_list() == [2000]


def test_import_export_voltage_and_quality_stand_beside_each_other():
    content = csv("start,import_wh,export_wh,quality,v\n2026-03-01T00:00:00+05:30,5,7,linear,231.5\n")
    assert rows(content, "wh", "export_wh", "quality", "v") == [(5, 7, "2", "231.5")]


def test_a_block_marked_missing_is_no_reading():
    content = csv("start,wh,quality\n2026-03-01T00:00:00+05:30,,missing\n2026-03-01T00:30:00+05:30,5,actual\n")
    assert content.reads["wh"].to_list() == [5]


def test_what_cannot_be_read_is_kept_as_it_stands_so_that_it_can_be_rejected():
    content = csv("meter,start,wh\nM1,soon,5\nM1,2026-03-01 00:00,abc\nM1,2026-03-01 00:30,\n")
    assert rows(content, "start_s", "start", "wh") == [
        (None, "soon", "5"),
        (MIDNIGHT, None, "abc"),
        (MIDNIGHT + 1800, None, None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_of_office_programs(encoding):
    text = "meter,time,Énergie kWh\nM1,2026-03-01 00:00,1\n"
    assert read_csv(text.encode(encoding), "Asia/Kolkata", None).reads["wh"].to_list() == [1000]


def test_parquet_is_read_as_csv_is_with_its_own_types():
    frame = pl.DataFrame(
        {
            "serial": ["M1", "M1"],
            "start": [datetime(2026, 3, 1, 0, 0, tzinfo=IST), datetime(2026, 3, 1, 0, 30, tzinfo=IST)],
            "kwh": [6.959999999999997, 0.0005],
        }
    )
    out = io.BytesIO()
    frame.write_parquet(out)
    assert rows(read_parquet(out.getvalue(), "UTC", None)) == [
        ("M1", MIDNIGHT, 30, 6960),
        ("M1", MIDNIGHT + 1800, 30, 1),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a single column\n1\n", "files.not_a_table"),
        ("meter,time,kwh\n", "files.empty"),
        ("meter,name,kwh\nM1,Asha,2\n", "files.no_time_column"),
        ("meter,time,colour\nM1,2026-03-01 00:00,red\n", "files.no_energy_column"),
    ],
)
def test_a_file_that_is_no_table_of_readings_says_what_is_missing(text, code):
    with pytest.raises(Problem) as raised:
        csv(text)
    assert raised.value.code == code


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(content):
    try:
        read_csv(content, "Asia/Kolkata", None)
    except Problem as problem:
        assert problem.code.startswith("files.")
