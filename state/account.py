"""The account page: whose session this is."""

import reflex as rx

from state.person import SignedIn, signed_in


class AccountState(rx.State):
    """Name and number of the person signed in."""

    name: str = ""
    mobile: str = ""

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the page."""
        self.name, self.mobile = person.name, person.mobile
