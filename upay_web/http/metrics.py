"""Figures for Prometheus: what this process served, and what the database says of the whole installation.

Several workers add up their figures when PROMETHEUS_MULTIPROC_DIR names a folder, as prometheus-client defines it. What
comes from the database is the same whichever worker answers, and stands after a restart.
"""
import hmac
import os
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import Scope

from upay import clock
from upay.db import session
from upay.errors import Problem
from upay.settings import settings
from upay_web.http.standing import standing

router = APIRouter(include_in_schema=False)

_SECONDS = Histogram(
    "upay_http_request_seconds",
    "Time to answer a request.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_ROWS = Counter("upay_intake_rows", "Rows that came to an intake door.", ("door", "outcome"))
_OUTCOMES = ("accepted", "rejected", "duplicates", "stale")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """The route's pattern, so that figures stay few whatever addresses are asked for."""
    route = getattr(scope.get("route"), "path", "")
    if route:
        return route
    return "assets" if scope["path"].startswith("/assets/") else "pages"


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _SECONDS.labels(method if method in _METHODS else "OTHER", route, str(status)).observe(seconds)


def count_rows(door: str, answer: dict[str, Any]) -> None:
    """Count what became of a batch's rows. A batch that was answered before has been counted before."""
    for outcome in _OUTCOMES:
        if answer.get(outcome) and not answer.get("repeated"):
            _ROWS.labels(door, outcome).inc(answer[outcome])


@router.get("/metrics")
def metrics(authorization: Annotated[str, Header()] = "") -> Response:
    """The figures, in Prometheus' text form; behind a key where the installation has set one."""
    key = settings().metrics_key
    if key and not hmac.compare_digest(authorization.encode(), f"Bearer {key}".encode()):
        raise Problem("http.no_metrics_key", {}, 401)
    whole = CollectorRegistry()
    whole.register(_Installation())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(whole)
        return Response(generate_latest(whole), media_type=CONTENT_TYPE_LATEST)
    return Response(generate_latest(REGISTRY) + generate_latest(whole), media_type=CONTENT_TYPE_LATEST)


class _Installation(Collector):
    def collect(self) -> Iterator[Metric]:
        with session() as db:
            found = standing(db, clock.now())
        for name, (about, value) in _GAUGES.items():
            number = value(found)
            if number is not None:
                yield GaugeMetricFamily(f"upay_{name}", about, float(number))


_GAUGES = {
    "quarantine_rows": ("Rows that wait in quarantine.", lambda found: found.quarantined),
    "batches_unfolded": ("Batches not folded into open days yet.", lambda found: found.unfolded),
    "failed_runs": ("Runs of jobs that failed in the last day.", lambda found: found.failed_runs),
    "last_closed_day_age_seconds": ("Seconds since the last closed day ended.", lambda found: found.closed_day_age_s),
    "last_batch_age_seconds": ("Seconds since a batch was acknowledged.", lambda found: found.last_batch_age_s),
    "scheduler_lease_seconds": ("Seconds the scheduler's lease still runs.", lambda found: found.lease_left_s),
    "disk_free_bytes": ("Free space where data is kept.", lambda found: found.disk_free),
}
