"""What somebody sees who asks for a desk page that no role of theirs opens."""

import reflex as rx

from components.controls import link_button
from components.shell import plain_shell
from components.surface import empty
from components.text import t


def closed() -> rx.Component:
    """One sentence, and the ways on."""
    return plain_shell(
        empty(
            "info",
            t("staff.closed_title"),
            t("staff.closed_text"),
            link_button(t("common.to_home"), href="/home"),
            is_page=True,
        )
    )
