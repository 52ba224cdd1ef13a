"""Sentences whose keys only the server knows: both languages travel, and the reader's is shown."""

from typing import TypedDict

from upay.text import catalogue


class Said(TypedDict):
    """A sentence in both languages."""

    hi: str
    en: str


def said(text: str) -> Said:
    """The sentence of a key; words that are no key, such as a reason somebody typed, stand for themselves."""
    return Said(hi=catalogue("hi").get(text, text), en=catalogue("en").get(text, text))
