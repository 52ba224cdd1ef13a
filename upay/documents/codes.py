"""QR codes for print and page."""

import io

import segno


def qr_svg(text: str) -> str:
    """A QR code as an SVG picture with its quiet zone, readable with up to 15 % of it damaged."""
    written = io.BytesIO()
    segno.make(text, error="m").save(written, kind="svg", border=2, xmldecl=False)
    return written.getvalue().decode()
