"""Logs are one JSON object a line, whoever writes them."""
import json
import subprocess
import sys

_SET_UP = """
import logging, structlog
from upay import log
log.set_up("jobs")
"""


def lines_of(script: str) -> list[dict[str, object]]:
    """What a process called `jobs` logs in a script, line by line; logging is a process's own, so it gets one."""
    done = subprocess.run([sys.executable, "-c", _SET_UP + script], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_an_event_carries_its_values_its_process_and_what_is_bound():
    (line,) = lines_of("""
with structlog.contextvars.bound_contextvars(request_id="r-1"):
    log.log("upay.metering").info("reads.accepted", rows=48)
""")
    assert (line["event"], line["rows"], line["process"], line["request_id"]) == ("reads.accepted", 48, "jobs", "r-1")
    assert (line["level"], line["logger"]) == ("info", "upay.metering")


def test_a_librarys_line_is_structured_too():
    (line,) = lines_of('logging.getLogger("some.library").warning("slow: %s ms", 12)')
    assert (line["event"], line["logger"], line["process"]) == ("slow: 12 ms", "some.library", "jobs")


def test_an_exception_stands_in_its_line():
    (line,) = lines_of("""
try:
    raise ValueError("no such zone")
except ValueError:
    log.log("upay").exception("work.failed")
""")
    assert "ValueError: no such zone" in str(line["exception"])
