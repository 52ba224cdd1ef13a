"""Structured logs: one line an event, JSON for machines or colours for people, with what is bound (a request's id)."""
import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from upay.settings import settings


def set_up(process: str) -> None:
    """Send the logs of this process, the libraries' too, to standard error. `process`: its name (web, jobs …)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _named(process),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    as_json = settings().log == "json"
    render: Processor = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings().log_level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _named(process: str) -> Processor:
    """Says in every line which process wrote it; not bound to a context, which threads and workers would lose."""

    def add(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {**event, "process": process}

    return add


def log(name: str) -> structlog.stdlib.BoundLogger:
    """A logger by the module's name: `log(__name__).info("reads.accepted", rows=48)`. Events are codes."""
    return structlog.stdlib.get_logger(name)
