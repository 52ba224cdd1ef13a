"""A pack that says something that cannot be stops at load, with file, line and reason."""
from pathlib import Path

import pytest

from upay.errors import Problem
from upay.packs import FOLDER
from upay.tariffs import from_content
from upay.tariffs.files import pack_book, read_book, read_tariff

URBAN = FOLDER / "up" / "tariffs" / "up-lmv1-urban.toml"


def refusal(tmp_path: Path, before: str, after: str, name: str = URBAN.name) -> tuple[str, str]:
    """The code, and the line it names, when a part of the urban tariff is written otherwise."""
    text = (URBAN.parent / name).read_text()
    assert before in text
    path = tmp_path / name
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(Problem) as raised:
        read_book([("up", path)])
    place, _, line = str(raised.value.params["place"]).partition(":")
    assert place == name
    return raised.value.code, path.read_text().splitlines()[int(line) - 1].strip()


SECOND = "{ from = 150, to = 300, rate = 6.00 }"


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        (SECOND, "{ from = 140, to = 300, rate = 6 }", "overlapping_slabs", "{ from = 140, to = 300, rate = 6 },"),
        (SECOND, "{ from = 160, to = 300, rate = 6.00 }", "gap_in_slabs", "{ from = 160, to = 300, rate = 6.00 },"),
        (SECOND, "{ from = 150, to = 150, rate = 6.00 }", "negative_width", "{ from = 150, to = 150, rate = 6.00 },"),
        (SECOND, "{ from = 150, to = 100, rate = 6.00 }", "negative_width", "{ from = 150, to = 100, rate = 6.00 },"),
        ("rate = 6.50", "to = 500, rate = 6.50", "no_open_end", "{ from = 300, to = 500, rate = 6.50 },"),
        (SECOND, "{ from = 150, to = 300, rte = 6.00 }", "missing_key", "{ from = 150, to = 300, rte = 6.00 },"),
        (SECOND, "{ from = 150, to = 300, rate = -1 }", "bad_value", "{ from = 150, to = 300, rate = -1 },"),
        (SECOND, "{ from = 150, to = 300, rate = 5.12345 }", "bad_value", "{ from = 150, to = 300, rate = 5.12345 },"),
        ('confidence = "A"', 'confidence = "D"', "bad_value", 'confidence = "D"'),
        ('confidence = "A"\n', "", "missing_key", "[[energy]]"),
        ("power_factor", "power_faktor", "missing_key", "[[kvah]]"),
        ("times = 2", "times = 2\nthrice = 3", "unknown_key", "thrice = 3"),
        ('"fixed", "excess"]\nmonths', '"fixd"]\nmonths', "unknown_line", 'on = ["energy", "tod", "fixd"]'),
        ('"excess"]\nbands', '"subsidy"]\nbands', "unknown_line", 'on = ["energy", "tod", "fixed", "subsidy"]'),
        ("{ solar = -20", "{ noon = -20", "unknown_band", "classes = [{ percent = { noon = -20, peak = 10 } }]"),
        ("{ months = 3, percent", "{ percent", "missing_key", "steps = [{ percent = 1.25 }, { percent = 2.00 }]"),
        ("[[solar]]", "[[sollar]]", "unknown_key", "[[sollar]]"),
        ('id = "up-lmv1-urban"', 'id = "up-lmv1"', "bad_value", 'id = "up-lmv1"'),
        ("[[kvah]]\nfrom = 2024-04-01", '[[kvah]]\nfrom = "soon"', "bad_value", 'from = "soon"'),
        ("rate = 5.50", "rate = 5.5.0", "no_toml", "{ from = 0, to = 150, rate = 5.5.0 },"),
    ],
)
def test_it_names_the_line_and_the_reason(tmp_path, before, after, code, line):
    assert refusal(tmp_path, before, after) == (f"tariff.{code}", line)


def row(since: str, until: str = "") -> str:
    dates = f"from = {since}\n" + (f"to = {until}\n" if until else "")
    return f'[[excess]]\n{dates}source = "a test"\nconfidence = "C"\ntimes = 2\n\n'


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (row("2024-04-01") + row("2024-04-01"), "overlapping_dates"),
        (row("2025-04-01") + row("2024-04-01"), "overlapping_dates"),
        (row("2024-04-01", "2025-05-01") + row("2025-04-01"), "overlapping_dates"),
        (row("2024-04-01", "2025-03-30") + row("2025-04-01"), "gap_in_dates"),
    ],
)
def test_rows_follow_each_other_day_by_day(tmp_path, rows, code):
    text = URBAN.read_text()
    old = text[text.index("[[excess]]") : text.index("[[tod]]")]
    found, _ = refusal(tmp_path, old, rows)
    assert found == f"tariff.{code}"


def test_months_of_the_surcharge_have_no_gap(tmp_path):
    code, line = refusal(tmp_path, "2025-05 = 2.00, ", "")
    assert code == "tariff.gap_in_dates" and line.startswith("months = {")


def test_a_tariff_cannot_lean_on_one_that_is_not_there(tmp_path):
    code, line = refusal(tmp_path, 'tariff = "up-lmv1-urban"', 'tariff = "nowhere"', "up-lmv1-lifeline.toml")
    assert (code, line) == ("tariff.unknown_reference", 'tariff = "nowhere"')


def test_every_rate_of_every_pack_says_where_it_comes_from_and_how_sure_it_is():
    sources = [
        row.source for tariff in pack_book().tariffs.values() for rows in tariff.rows.values() for row in rows
    ]
    assert all(source.source and source.confidence in "ABC" for source in sources)
    assert len({tariff.id for tariff in pack_book().tariffs.values()}) == 6


def test_a_file_of_another_state_reads_alone():
    assert read_tariff(FOLDER / "mp" / "tariffs" / "mp-lv1-2-urban.toml", "mp").category == "LV-1.2"


def test_a_schedule_comes_back_whole_from_what_is_kept_of_it():
    for tariff in pack_book().tariffs:
        for schedule in pack_book().versions(tariff):
            again = from_content(schedule.content)
            assert (again, again.version) == (schedule, schedule.version)
