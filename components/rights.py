"""The rights on a connection, listed and to be ticked, alike wherever they are met."""

from typing import Any

import reflex as rx

from components.choices import chip, tick, ticks
from components.text import t
from upay.accounts import Right


def rights_list(rights: Any) -> rx.Component:
    """Rights as chips. rights: Var of a list of their names."""
    return rx.el.ul(
        rx.foreach(rights, lambda right: rx.el.li(chip(_named(right)))), class_name="mt-1 flex flex-wrap gap-1.5"
    )


def right_ticks(title: Any, rights: Any) -> rx.Component:
    """A box a right, those in force ticked. Their names in the form are right_<name>."""
    held = rx.Var.create(rights).to(list[str])
    return ticks(
        title,
        *(
            tick(f"right_{right}", t(f"account.right_{right}"), default_checked=held.contains(right.value))
            for right in Right
        ),
    )


def relation(of: Any) -> Any:
    """What somebody is to the owner, in a word."""
    names = ("owner", "family", "friend", "tenant")
    return rx.match(of, *((name, t(f"account.relation_{name}")) for name in names), t("account.relation_other"))


def _named(right: Any) -> Any:
    return rx.match(right, *((right.value, t(f"account.right_{right}")) for right in Right), "")
