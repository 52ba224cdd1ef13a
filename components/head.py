"""What stands in the head of every page."""

from pathlib import Path

import reflex as rx

_BOOT = Path(__file__).parent.parent / "assets" / "client" / "boot.js"


def head() -> list[rx.Component]:
    """The script that runs before first paint, the install manifest and the icons."""
    return [
        rx.el.script(_BOOT.read_text("utf-8")),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.link(rel="icon", href="/icons/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-180.png"),
        rx.el.meta(name="theme-color", content="#faf6ef", custom_attrs={"media": "(prefers-color-scheme: light)"}),
        rx.el.meta(name="theme-color", content="#15130f", custom_attrs={"media": "(prefers-color-scheme: dark)"}),
    ]
