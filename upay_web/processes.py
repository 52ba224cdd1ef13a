"""Processes that end with their parent, even when it is killed."""
import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
# Loaded at import: between fork and exec a child must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies, however that comes about (Linux)."""
    parent = os.getppid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
