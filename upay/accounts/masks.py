"""What a stranger may read of a name or a mobile number, and numbers in the groups people read them in."""

import re

_HIDDEN = "••••"


def grouped(number: str) -> str:
    """A consumer number in readable groups: 10 4821 7730."""
    return f"{number[:2]} {number[2:6]} {number[6:]}"


def masked_name(name: str) -> str:
    """Enough of a name to know one's grandmother by: S••••a V••••a. How much is hidden does not tell its length."""
    return " ".join(_masked_word(word) for word in name.split())


def masked_mobile(mobile: str) -> str:
    """The last two digits of a mobile number."""
    return f"{_HIDDEN}{mobile[-2:]}"


def _masked_word(word: str) -> str:
    signs = _signs(word)
    return f"{signs[0]}{_HIDDEN}{signs[-1]}" if len(signs) > 3 else f"{signs[0]}{_HIDDEN}"


def _signs(word: str) -> list[str]:
    """A word as a reader counts it: a Devanagari letter keeps its vowel signs, and a conjunct holds together."""
    signs: list[str] = []
    for character in word:
        joined = signs and (re.match(r"[\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d]", character))
        if signs and (joined or signs[-1].endswith("\u094d")):
            signs[-1] += character
        else:
            signs.append(character)
    return signs
