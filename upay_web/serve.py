"""Serving the built pages and the HTTP doors: Granian, one port, one or several workers."""
import os
import shutil
import socket
from typing import Any

from upay import log
from upay.accounts import ensure_real
from upay.db import engine, session
from upay.errors import Problem
from upay.settings import settings
from upay_web.build import ROOT, is_built
from upay_web.environment import for_serving
from upay_web.processes import end_with_parent

# Granian's own lines go through our handler, like everybody's.
_THROUGH_OURS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


def serve(host: str, port: int, workers: int) -> None:
    """Serve until told to end. Raises Problem when pages are not built, the port is taken, or `ensure_real` does."""
    if not is_built():
        raise Problem("serve.not_built")
    ensure_free(host, port)
    with session() as db:
        ensure_real(db)
    engine().dispose()  # the workers are forked from here, and open their own
    os.environ.update(for_serving())
    os.chdir(ROOT)
    if workers > 1:
        _share_figures()
    log.set_up("web")
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "upay_web.serve:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_dictconfig=_THROUGH_OURS,
    ).serve()


def _share_figures() -> None:
    """Give the workers a folder in which their figures add up; what stands there is of workers that are gone."""
    folder = settings().var.absolute() / "figures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))


def application() -> Any:
    """The ASGI application of one worker. A worker never outlives its server, so none is left holding the port."""
    end_with_parent()
    log.set_up("web")
    from upay_web.upay_web import app

    return app()


def ensure_free(host: str, port: int) -> None:
    """Raise Problem when something listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as taken:
            raise Problem("serve.port_taken", {"port": port, "other": port + 1}) from taken
