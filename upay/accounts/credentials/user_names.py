"""User names: one writing of each, and no two that an eye would take for one another."""

import unicodedata

from upay.errors import Problem

LEAST, MOST = 4, 30
_BETWEEN = "._-"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
# What looks alike among the signs we take; a name is compared by what is left.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", **dict.fromkeys(_BETWEEN)})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Names under which somebody could pass for the utility.
_OURS = ("admin", "upay", "uppcl", "mpez", "support", "helpdesk", "helpline", "official", "billing", "staff", "root")


def user_name_of(text: str) -> str:
    """The one writing of a user name: NFKC, small letters, ASCII digits. Latin or Devanagari, never both.

    Raises Problem: sign_in.name_missing, name_length {least, most}, name_signs, name_letter, name_scripts, name_ours.
    """
    name = _plain(text)
    if not name:
        raise Problem("sign_in.name_missing")
    if not LEAST <= len(name) <= MOST:
        raise Problem("sign_in.name_length", {"least": LEAST, "most": MOST})
    latin, devanagari = any(sign in _LATIN for sign in name), any(_is_devanagari(sign) for sign in name)
    if not all(sign in _LATIN + _DIGITS + _BETWEEN or _is_devanagari(sign) for sign in name):
        raise Problem("sign_in.name_signs")
    if not (name[0] in _LATIN or unicodedata.category(name[0]) == "Lo"):
        raise Problem("sign_in.name_letter")
    if latin and devanagari:
        raise Problem("sign_in.name_scripts")
    if skeleton_of(name).startswith(tuple(skeleton_of(ours) for ours in _OURS)):
        raise Problem("sign_in.name_ours")
    return name


def skeleton_of(text: str) -> str:
    """What two names that look alike have in common. Takes whatever is typed, and refuses nothing."""
    seen = _plain(text).translate(_ALIKE)
    for pair, single in _PAIRS:
        seen = seen.replace(pair, single)
    return seen[:MOST]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()
    # Joiners are not seen, and digits of any script mean the same.
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in folded if sign not in "\u200c\u200d")


def _is_devanagari(sign: str) -> bool:
    return "\u0900" <= sign <= "\u097f" and unicodedata.category(sign) in ("Lo", "Mc", "Mn")
