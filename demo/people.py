"""Made-up consumers. Mobile numbers lie in +91 6000 000000–999999: a range that validates as an Indian mobile and that
nobody mistakes for a customer's; the demonstration sends no message to anybody, its codes land in the inbox page."""
from collections.abc import Sequence

import numpy as np

from demo.noise import pick

_WOMEN = (
    "Sunita", "Rekha", "Pooja", "Anita", "Shabana", "Kavita", "Meena", "Farzana", "Neelam", "Geeta", "Priya", "Rubina",
    "Savitri", "Usha", "Nisha", "Harpreet", "Mary", "Lalita", "Kusum", "Zeenat",
)  # fmt: skip
_MEN = (
    "Ramesh", "Imran", "Suresh", "Vijay", "Mohd. Aslam", "Anil", "Rajendra", "Dinesh", "Salman", "Harish", "Mukesh",
    "Gurmeet", "Ashok", "Naresh", "Irfan", "Sanjay", "Joseph", "Brijesh", "Om Prakash", "Kamlesh",
)  # fmt: skip
_FAMILIES = (
    "Verma", "Sharma", "Gupta", "Yadav", "Singh", "Maurya", "Saxena", "Mishra", "Gangwar", "Rastogi", "Agarwal", "Pal",
    "Kashyap", "Srivastava", "Tiwari", "Rathore", "Jatav", "Dubey",
)  # fmt: skip
_MUSLIM = {"Shabana", "Farzana", "Rubina", "Zeenat", "Imran", "Mohd. Aslam", "Salman", "Irfan"}
_MUSLIM_FAMILIES = ("Khan", "Ansari", "Siddiqui", "Qureshi", "Husain")
_OF_THEIR_OWN = {"Harpreet": ("Kaur",), "Gurmeet": ("Singh",), "Mary": ("D'Souza", "Masih"), "Joseph": ("Masih",)}
_SHOPS = (
    "General Store", "Kirana", "Medical Hall", "Sweets", "Cloth House", "Mobile Point", "Stationers", "Hardware",
)  # fmt: skip


def names_of(seed: int, shop: Sequence[bool]) -> list[str]:
    """The names that connections run under, from the first on: a person's, or a shop's where `shop` says so."""
    index = np.arange(len(shop))
    given = pick(seed, "given", index, len(_WOMEN) + len(_MEN))
    family = pick(seed, "family", index, 2**20)
    trade = pick(seed, "shop", index, len(_SHOPS))
    return [_name(*chances) for chances in zip(shop, given, family, trade, strict=True)]


def _name(shop: bool, given: int, family: int, trade: int) -> str:
    first = (_WOMEN + _MEN)[given]
    families = _OF_THEIR_OWN.get(first, _MUSLIM_FAMILIES if first in _MUSLIM else _FAMILIES)
    last = families[family % len(families)]
    return f"{last} {_SHOPS[trade]}" if shop else f"{first} {last}"


def mobile_of(index: int) -> str:
    """The mobile number registered for a connection, E.164."""
    return f"+916000{(index + 1) % 1_000_000:06d}"
