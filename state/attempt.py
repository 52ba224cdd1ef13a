"""Doing one thing in one transaction, off the event loop: what it gave, or the reason why it could not be."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from upay.db import session
from upay.errors import Problem

Given = TypeVar("Given")


async def attempt(what: Callable[[Session], Given]) -> Given | Problem:
    """Run `what` in a thread and commit. A Problem that it returns is committed, one that it raises is undone."""
    try:
        return await asyncio.to_thread(_committed, what)
    except Problem as problem:
        return problem


def _committed(what: Callable[[Session], Given]) -> Given:
    with session() as db:
        return what(db)
