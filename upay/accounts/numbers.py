"""Consumer numbers, however people write them."""

import re

from upay.errors import Problem

_DIGITS = 10


def consumer_number_of(text: str) -> str:
    """The ten digits of a consumer number.

    Takes spaces, dashes, dots, slashes, words around it ("A/C No. 10 4821 7730") and Devanagari digits; letters among
    the digits are refused, for an O is not always a 0.
    Raises Problem: accounts.number_missing, accounts.number_letters, accounts.number_length {digits}.
    """
    places = [place for place, sign in enumerate(text) if sign.isdecimal()]
    if not places:
        raise Problem("accounts.number_missing")
    written = text[places[0] : places[-1] + 1]
    if re.search(r"[^\W\d_]", written):
        raise Problem("accounts.number_letters")
    digits = "".join(str(int(sign)) for sign in written if sign.isdecimal())
    if len(digits) != _DIGITS:
        raise Problem("accounts.number_length", {"digits": len(digits)})
    return digits
