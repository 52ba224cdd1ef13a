"""Home."""
import reflex as rx

from components.shell import shell
from components.surface import card, skeleton
from components.text import t


def home() -> rx.Component:
    """Today at a glance."""
    return shell(card(skeleton("h-24 w-full")), here="/home", title=t("common.home"))
