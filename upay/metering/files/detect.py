"""Which format a file has, told by what it holds and not by its name."""
from pathlib import Path

from polars.exceptions import PanicException

from upay.errors import Problem
from upay.metering.files.content import Content
from upay.metering.files.greenbutton import read_greenbutton
from upay.metering.files.instants import zone
from upay.metering.files.tables import read_csv, read_parquet

TIMEZONE = "Asia/Kolkata"
_LARGEST = 1 << 30
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_file(path: Path, timezone: str = TIMEZONE, unit: str | None = None) -> tuple[Content, bytes]:
    """The readings of a file, and its bytes. timezone: of wall-clock times.  unit: wh or kwh where headings do not say.

    Raises Problem `files.not_found`, `files.too_large`, `files.empty`, and those of the format's reader.
    """
    if not path.is_file():
        raise Problem("files.not_found", {"file": str(path)}, 404)
    if path.stat().st_size > _LARGEST:
        raise Problem("files.too_large", {"limit": _LARGEST})
    zone(timezone)
    content = path.read_bytes()
    if not content.strip():
        raise Problem("files.empty")
    try:
        return _read(content, timezone, unit), content
    except PanicException as error:  # what Polars raises when a file lies about itself; it is no Exception
        raise Problem("files.not_a_table") from error


def _read(content: bytes, timezone: str, unit: str | None) -> Content:
    if content.startswith(b"PAR1"):
        return read_parquet(content, timezone, unit)
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        return read_greenbutton(content)
    if b"\0" in head and content[:2] not in _UTF16_MARKS:
        raise Problem("files.unknown_format")
    return read_csv(content, timezone, unit)
