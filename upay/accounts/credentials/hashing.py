"""Argon2id, a few at a time: each takes its memory, so what a worker may take is bounded, and the rest wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from upay.errors import Problem
from upay.settings import settings

Answer = TypeVar("Answer")
# So many wait for each that is at work; more are asked to come again, for they would wait longer than people do.
_WAITING_EACH = 40
_waiting = 0


async def in_turn(work: Callable[..., Answer], *arguments: Any) -> Answer:
    """Run hashing work in its own threads. Raises Problem 503 sign_in.busy when too many wait already."""
    global _waiting
    if _waiting >= settings().password_at_once * (_WAITING_EACH + 1):
        raise Problem("sign_in.busy", status=503)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads(settings().password_at_once), work, *arguments)
    finally:
        _waiting -= 1


def hashed(password: str) -> str:
    """The password's hash, with a salt and the parameters in force."""
    return _hasher().hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a hash is this password's. Without a hash it is not, after as much work as if there were one."""
    try:
        return _hasher().verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than those in force."""
    return _hasher().check_needs_rehash(kept)


def _hasher() -> PasswordHasher:
    chosen = settings()
    return PasswordHasher(chosen.password_passes, chosen.password_memory_mib * 1024, parallelism=1)


@lru_cache(maxsize=4)
def _nobodys_with(passes: int, memory_mib: int) -> str:
    return PasswordHasher(passes, memory_mib * 1024, parallelism=1).hash("nobody")


def _nobodys() -> str:
    return _nobodys_with(settings().password_passes, settings().password_memory_mib)


@lru_cache(maxsize=4)
def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, "argon2")
