"""The product with one more state whose event does as little as an event can: the peer of the home page's events."""
from typing import Any

import reflex as rx


class NothingState(rx.State):
    """Counts."""

    count: int = 0

    @rx.event
    async def nothing(self):
        """Change one number."""
        self.count += 1


def application() -> Any:
    """The ASGI application of one worker."""
    from upay_web.serve import application

    return application()
