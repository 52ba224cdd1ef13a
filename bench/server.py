"""The product's web server for a benchmark: one worker, a free port, gone when the block ends."""
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx


@contextmanager
def server(**environment: str) -> Iterator[str]:
    """Start one web worker on the database and files of this benchmark; gives its address once it is healthy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-c", f"from upay_web.serve import serve; serve('127.0.0.1', {port}, 1)"],
        env=os.environ | {"UPAY_PUBLIC_URL": base} | environment,
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
