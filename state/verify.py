"""The page that a bill's QR code opens: public, for the code itself is the key."""

import asyncio

import reflex as rx

from upay.billing import Genuine, genuine
from upay.db import session
from upay.errors import Problem


class VerifyState(rx.State):
    """What a genuine bill must show. Money in paise, days as YYYY-MM-DD."""

    looked: bool = False
    is_genuine: bool = False
    stands: bool = False
    number: str = ""
    name: str = ""
    first: str = ""
    last: str = ""
    payable_paise: int = 0
    due_on: str = ""

    @rx.event(supersedes=True)
    async def look(self):
        """Check the seal in the address. Public: it tells nothing that the paper does not show."""
        asked = self.router.url.query_parameters
        found = await asyncio.to_thread(_look, asked.get("b", ""), asked.get("s", ""))
        self.looked, self.is_genuine = True, found is not None
        if found is not None:
            self.number, self.name, self.stands = found.number, found.name, found.stands
            self.first, self.last = found.first.isoformat(), found.last.isoformat()
            self.payable_paise, self.due_on = found.payable_paise, found.due_on.isoformat() if found.due_on else ""


def _look(number: str, seal: str) -> Genuine | None:
    try:
        with session() as db:
            return genuine(db, number, seal)
    except Problem:
        # Digits that are no bill's number: as little genuine as a wrong seal.
        return None
