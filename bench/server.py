"""The product's web server for a benchmark: one worker, a free port, gone when the block ends."""
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from upay_web.environment import for_serving

_FLAGS = ("--interface", "asgi", "--host", "127.0.0.1", "--workers", "1", "--log-level", "warning")


@contextmanager
def server(application: str = "upay_web.serve:application") -> Iterator[str]:
    """Start one web worker on the database and files of this benchmark; gives its address once it is healthy.

    application: module and factory, another one where a peer has to run in the same worker.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--factory", application, *_FLAGS, "--port", str(port)],
        env=for_serving() | {"UPAY_PUBLIC_URL": base},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(base, process)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            if httpx.get(f"{base}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not become healthy in a minute")
