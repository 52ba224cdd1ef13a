"""No such page."""

import reflex as rx

from components.controls import link_button
from components.shell import plain_shell
from components.surface import card, empty
from components.text import t


def not_found() -> rx.Component:
    """Says so, and leads home."""
    return plain_shell(
        card(
            empty(
                "house_off",
                t("common.not_found_title"),
                t("common.not_found_text"),
                link_button(t("common.to_home"), href="/", leaves=True),
                is_page=True,
            ),
            class_name="mt-6",
        )
    )
