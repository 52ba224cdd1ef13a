"""Tables of readings: long (a row is a block) and wide (a row is a day), from CSV or Parquet."""
import io

import polars as pl
import pyarrow as pa

from upay.errors import Problem
from upay.metering.files.content import Content, with_block_lengths
from upay.metering.files.energy import UNITS, power_of_ten, whole_wh
from upay.metering.files.headings import MEASURES, Headings, headings, plain
from upay.metering.files.instants import are_dates, start_seconds
from upay.metering.models import Quality
from upay.metering.parquet import from_outside

_SEPARATORS = ",;\t|"
_QUALITIES = {quality.name.lower(): int(quality) for quality in Quality}


def read_csv(content: bytes, timezone: str, unit: str | None) -> Content:
    """The readings of a CSV file. timezone: what its wall clock shows.  unit: wh or kwh where its headings do not say.

    Raises Problem `files.empty`, `files.not_a_table`, `files.no_time_column`, `files.no_energy_column`.
    """
    text = _text(content)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=heading.count)
    if not heading.count(separator):
        raise Problem("files.not_a_table")
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()), separator=separator, infer_schema=False, truncate_ragged_lines=True
        )
    except pl.exceptions.PolarsError as error:
        raise Problem("files.not_a_table") from error
    return _content(frame, timezone, unit, "csv")


def read_parquet(content: bytes, timezone: str, unit: str | None) -> Content:
    """The readings of a Parquet file, its columns named as a CSV file's. Raises Problem as `read_csv` does."""
    try:
        frame = from_outside(content).with_columns(pl.col(pl.Categorical).cast(pl.String))
    except (pl.exceptions.PolarsError, pa.ArrowException, ValueError, OSError) as error:
        raise Problem("files.not_a_table") from error
    return _content(frame, timezone, unit, "parquet")


def _text(content: bytes) -> str:
    """UTF-16 by its mark, else UTF-8, else the Windows code page, which never fails to mean something."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _content(frame: pl.DataFrame, timezone: str, unit: str | None, form: str) -> Content:
    if frame.is_empty():
        raise Problem("files.empty")
    found = headings(frame, timezone)
    if found.slots:
        reads, form = _wide(frame, found, timezone, unit), f"wide_{form}"
    else:
        reads = _long(frame, found, timezone, unit)
    named = reads["meter"].drop_nulls().unique().to_list()
    return Content(form, with_block_lengths(reads), {name: (name,) for name in named})


def _long(frame: pl.DataFrame, found: Headings, timezone: str, unit: str | None) -> pl.DataFrame:
    assert found.start is not None and found.energy is not None
    written = frame[found.start]
    if found.clock is not None:
        written = frame.select(pl.concat_str(pl.col(found.start, found.clock), separator=" ")).to_series()
    columns = [_meters(frame, found), *_times(written, timezone), _wh(frame, found.energy, unit, "wh")]
    if found.export is not None:
        columns.append(_wh(frame, found.export, unit, "export_wh"))
    named = {plain(column): column for column in frame.columns}
    columns += [frame[named[name]].alias(name) for name in MEASURES if name in named]
    reads = pl.DataFrame(columns)
    if "minutes" not in reads.columns:
        lengths = pl.lit(1440 if found.clock is None and are_dates(written) else None, pl.Int64)
        reads = reads.with_columns(lengths.alias("minutes"))
    elif reads["minutes"].dtype == pl.String:
        reads = reads.with_columns(pl.col("minutes").str.strip_chars().cast(pl.Int64, strict=False))
    return _with_qualities(reads)


def _wide(frame: pl.DataFrame, found: Headings, timezone: str, unit: str | None) -> pl.DataFrame:
    """A cell per block, in the order of the headings; an empty cell is a block without a reading."""
    assert found.start is not None
    minutes = 1440 // len(found.slots)
    slots = [frame[slot] for slot in found.slots]
    days = pl.DataFrame([_meters(frame, found), *_times(frame[found.start], "UTC"), *slots])
    cells = days.with_row_index("day").unpivot(
        found.slots, index=["day", "meter", "start_s", "start"], variable_name="slot", value_name="cell"
    )
    places = {slot: number for number, slot in enumerate(found.slots)}
    cells = cells.with_columns(pl.col("slot").replace_strict(places, return_dtype=pl.Int64)).sort("day", "slot")
    if cells["cell"].dtype == pl.String:
        cells = cells.filter(pl.col("cell").str.strip_chars() != "")
    cells = cells.filter(pl.col("cell").is_not_null())
    wall = pl.from_epoch(cells["start_s"] + cells["slot"] * 60 * minutes, time_unit="s")
    energy = _wh(cells, ("cell", power_of_ten(found.slots[0])), unit, "wh")
    start = start_seconds(wall, timezone).alias("start_s")
    return cells.select("meter", start, "start", pl.lit(minutes, pl.Int64).alias("minutes"), energy)


def _meters(frame: pl.DataFrame, found: Headings) -> pl.Series:
    if found.meter is None:
        return pl.Series("meter", [None], dtype=pl.String).new_from_index(0, len(frame))
    names = frame[found.meter].cast(pl.String).str.strip_chars()
    return names.set(names == "", None).alias("meter")


def _times(written: pl.Series, timezone: str) -> list[pl.Series]:
    """`start_s`, and `start` with what stood where no time could be read."""
    seconds = start_seconds(written, timezone)
    text = written.cast(pl.String)
    return [seconds.alias("start_s"), text.set(seconds.is_not_null(), None).alias("start")]


def _wh(frame: pl.DataFrame, column: tuple[str, int | None], unit: str | None, name: str) -> pl.Series:
    """Whole Wh; as text, with the cells that are no numbers as they stand, where there are such."""
    heading, power = column
    cells = frame[heading]
    if power is None:
        power = UNITS[unit] if unit else _likely_power(cells)
    read = whole_wh(cells, power)
    written = cells.cast(pl.String).str.strip_chars()
    written = written.set(written == "", None)
    if read.null_count() == written.null_count():
        return read.alias(name)
    return read.cast(pl.String).zip_with(read.is_not_null(), written).alias(name)


def _likely_power(cells: pl.Series) -> int:
    """Nobody measures fractions of a watt-hour: without a unit, whole numbers are Wh and numbers with a point kWh."""
    return 3 if cells.cast(pl.String).str.contains(r"\.\d*[1-9]").any() else 0


def _with_qualities(reads: pl.DataFrame) -> pl.DataFrame:
    """Qualities may be written in words, as our own export does; a block that is marked missing is no reading."""
    if "quality" not in reads.columns:
        return reads
    word = pl.col("quality").cast(pl.String).str.strip_chars().str.to_lowercase()
    number = word.replace_strict(_QUALITIES, default=word, return_dtype=pl.String)
    missing = (number == str(int(Quality.MISSING))) & pl.col("wh").is_null()
    return reads.with_columns(number.alias("quality")).filter(~missing.fill_null(False))
