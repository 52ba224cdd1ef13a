"""Printed documents: a Typst template laid out with data, as PDF with its fonts. The same data gives the same bytes.

A template (`….typ` in the folder of its noun) holds layout alone. Every sentence comes ready-made in the data, in the
reader's language, and data reaches the template as JSON, never as markup: what a consumer typed cannot become code.
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from upay.clock import IST
from upay.documents.codes import qr_svg as qr_svg
from upay.documents.writing import day as day
from upay.documents.writing import days as days
from upay.documents.writing import money as money
from upay.documents.writing import units as units

_ROOT = Path(__file__).parent.parent
_FONTS = Path(__file__).parent / "fonts"
# A compiler keeps the parsed template and the fonts, and serves one thread at a time.
_of_this_thread = threading.local()


def pdf(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """The document as PDF/UA: tagged, for screen readers too.

    template: path below `upay`, such as "billing/bill.typ".  data: what the template asks for, JSON-able; numbers that
    are shown come as text.  made_at: the instant the document states as its date.
    Raises typst.TypstError where template and data do not fit.
    """
    made = _compiler(template).compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(made_at.astimezone(IST).timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def _compiler(template: str) -> typst.Compiler:
    held: dict[str, typst.Compiler] = _of_this_thread.__dict__.setdefault("compilers", {})
    if template not in held:
        fonts = typst.Fonts(font_paths=[_FONTS], include_system_fonts=False)
        held[template] = typst.Compiler(_ROOT / template, root=_ROOT, font_paths=fonts)
    return held[template]
