"""Passwords that are guessed first: common words, however they are dressed up with digits, signs and look-alikes.

`guessed_words.txt` is our own list of what people choose, here and elsewhere: words, names, gods, places, teams.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

_LIST = Path(__file__).parent / "guessed_words.txt"
_LOOKS = str.maketrans("@4301!|5$7+", "aaeoiilsstt")
_ROWS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1234567890", "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujmik", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
# Devanagari vowel signs count as no letters: they go on both sides.
_NO_LETTERS = re.compile(r"[\W\d_]+")
# What a word is dressed up with may be this long; more is no ornament any more.
_ORNAMENT = 8
# Ten digits are somebody's mobile number, eight a date.
_DIGITS_ALONE = 16


def is_common(password: str) -> bool:
    """Whether a guesser would try it early: a known word or name and ornaments, a run over the keys, a repetition."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    # Digits and signs at the ends are ornament, those inside a word stand for letters: P@ssw0rd!2024.
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    ornament = len(plain) - len(core)
    return (
        _is_run(plain)
        or (plain.isdecimal() and len(plain) < _DIGITS_ALONE)
        or (ornament <= _ORNAMENT and any(_is_made_of_words(said) for said in (core, core.translate(_LOOKS))))
    )


def contains(password: str, own: Collection[str]) -> bool:
    """Whether it holds something that is known of its person: mobile, user name, consumer number."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    return any(len(word) >= 4 and word.casefold() in plain for word in own)


def _is_made_of_words(said: str) -> bool:
    """Whether one or two words of the list are all there is, whatever signs and digits stand between."""
    known, letters = _known(), _NO_LETTERS.sub("", said)
    cuts = range(2, len(letters) - 1)
    return letters in known or any(letters[:cut] in known and letters[cut:] in known for cut in cuts)


def _is_run(said: str) -> bool:
    """The same sign or group again and again, or keys and letters in their order, forth or back."""
    if re.fullmatch(r"(.{1,5}?)\1+.{0,4}", said, re.DOTALL):
        return True
    body = re.sub(r"[\W_]", "", said)
    lines = [line for row in _ROWS for line in (row * 3, row[::-1] * 3)]
    halves = [(body[:cut], body[cut:]) for cut in range(3, len(body) - 2)]
    return any(body in line for line in lines) or any(
        any(first in line for line in lines) and any(second in line for line in lines) for first, second in halves
    )


@lru_cache
def _known() -> frozenset[str]:
    words = (word for word in _LIST.read_text("utf-8").split() if not word.startswith("#"))
    return frozenset(_NO_LETTERS.sub("", unicodedata.normalize("NFKC", word)) for word in words)
