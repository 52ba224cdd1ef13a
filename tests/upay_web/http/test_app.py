"""What surrounds the doors: their description, health, figures, headers."""
import base64
import hashlib
from datetime import date, timedelta

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.testclient import TestClient

from tests.upay.metering.intake.town import NOW, row, written
from upay import clock, work
from upay.db import session
from upay.metering.models import DayClose, OpenPart
from upay.settings import settings
from upay.work.models import JobRun
from upay_web.http import health as health_route
from upay_web.http.headers import guarded
from upay_web.http.language import language_of


def test_the_doors_are_described_without_asking_any_other_site(web):
    paths = web.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/reads", "/api/v1/events", "/api/v1/live", "/api/v1/reads/{batch_id}"} <= paths.keys()
    assert "application/vnd.apache.parquet" in paths["/api/v1/reads"]["post"]["requestBody"]["content"]
    page = web.get("/api/v1/docs")
    assert "http" not in page.text.replace('href="/', "").replace('src="/', "")
    assert "script-src" not in page.headers["Content-Security-Policy"]  # only our own files, by default-src
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert name in page.text and web.get(f"/api/v1/docs/{name}").status_code == 200
    assert web.get("/api/v1/docs/..%2f__init__.py").status_code == 404


def test_the_door_says_when_a_contradiction_between_batches_is_found(web):
    told = web.get("/api/v1/openapi.json").json()["paths"]["/api/v1/reads"]["post"]["description"]
    assert "closed" in told and "quarantine as `reads.conflict`" in told


def test_an_unknown_address_below_api_is_a_problem_like_any_other(web):
    told = web.get("/api/v1/nothing")
    assert (told.status_code, told.json()["code"]) == (404, "http.not_found")


def test_a_parameter_that_cannot_be_read_is_named(web, key):
    told = web.get("/api/v1/reads/seven", headers=key)
    assert (told.status_code, told.json()["params"]) == (422, {"field": "path.batch_id"})


def test_health_says_what_an_operator_needs(web, key):
    assert web.get("/health").json()["status"] == "degraded"  # no scheduler yet
    with session() as db:
        work.hold_lease(db, "scheduler", "me", NOW, 30)
    web.post("/api/v1/reads", content=written([row()]), headers=key)
    said = web.get("/health")
    assert (said.status_code, said.json()["status"]) == (200, "ok")
    assert (said.json()["scheduler_lease_seconds"], said.json()["last_batch_age_seconds"]) == (30, 0)


def closed_last(day):
    with session() as db:
        counts = dict.fromkeys(("meter_days", "reads", "duplicates", "conflicts", "estimated", "raw_wh"), 0)
        db.add(DayClose(day=day, bucket=0, version=1, lake_version=1, closed_at=NOW, **counts))


# The town's noon is the 23rd; a day is due two hours after its end, so the 22nd was six hours overdue at eight.
@pytest.mark.parametrize(("last", "status"), [(22, "ok"), (21, "degraded")])
def test_health_is_degraded_when_a_day_is_not_closed_hours_after_it_was_due(web, last, status):
    with session() as db:
        work.hold_lease(db, "scheduler", "me", NOW, 30)
    assert web.get("/health").json()["status"] == "ok"  # nothing was ever to be closed
    closed_last(date(2026, 11, last))
    said = web.get("/health").json()
    # noon is 12 hours after the 22nd's end, and 36 after the 21st's
    assert (said["status"], said["closing_overdue"]) == (status, status == "degraded")
    assert said["last_closed_day_age_seconds"] == 3600 * (12 + 24 * (22 - last))


def test_a_day_may_take_six_hours_to_be_closed(web):
    with session() as db:
        work.hold_lease(db, "scheduler", "me", NOW, 30)
    closed_last(date(2026, 11, 21))
    with clock.at(NOW - timedelta(hours=4, minutes=1)):  # 07:59 IST
        assert web.get("/health").json()["status"] == "ok"


def test_reads_folded_and_never_closed_are_overdue_too(web):
    with session() as db:
        work.hold_lease(db, "scheduler", "me", NOW, 30)
        db.add(OpenPart(day=date(2026, 11, 22), bucket=0, path="x", first_batch_id=1, last_batch_id=1, rows=1))
    assert web.get("/health").json()["status"] == "degraded"


def test_runs_that_failed_in_the_last_day_are_counted(web):
    with session() as db:
        for hours, state in ((1, "failed"), (23, "failed"), (25, "failed"), (1, "done")):
            ended = NOW - timedelta(hours=hours)
            run = {"started_at": ended, "finished_at": ended, "state": state}
            db.add(JobRun(job="fold", period=f"{hours}{state}", **run))
    assert web.get("/health").json()["failed_runs"] == 2
    assert "upay_failed_runs 2.0" in web.get("/metrics").text


def test_health_is_503_when_the_database_is_gone(web, monkeypatch):
    def gone():
        raise OSError("no database")

    monkeypatch.setattr(health_route, "session", gone)
    said = web.get("/health")
    assert (said.status_code, said.json()["status"], said.json()["database"]) == (503, "failing", False)


def test_figures_count_requests_and_rows(web, key):
    def figure(line):
        found = [text for text in web.get("/metrics").text.splitlines() if text.startswith(line)]
        return float(found[0].split()[-1]) if found else 0

    accepted = 'upay_intake_rows_total{door="reads",outcome="accepted"}'
    requests = 'upay_http_request_seconds_count{method="POST",route="/api/v1/reads",status="200"}'
    before = figure(accepted), figure(requests)
    for _ in range(2):
        web.post("/api/v1/reads", content=written([row("A"), row("B"), row("X")]), headers=key)
    # the second time is a repetition: another request, no more rows
    assert (figure(accepted), figure(requests)) == (before[0] + 2, before[1] + 2)
    assert figure("upay_quarantine_rows") == 1 and figure("upay_batches_unfolded") == 1


def test_the_figures_are_behind_a_key_where_one_is_set(web, monkeypatch):
    monkeypatch.setattr(settings(), "metrics_key", "secret")
    assert web.get("/metrics").json()["code"] == "http.no_metrics_key"
    assert web.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_every_answer_has_a_number_which_the_caller_may_give(web):
    first, second = (web.get("/health").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    assert web.get("/health", headers={"X-Request-ID": "mine-0001"}).headers["X-Request-ID"] == "mine-0001"
    assert web.get("/health", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"] != "<script>"


@pytest.fixture
def pages(tmp_path):
    """Two built pages with scripts in them, and the server that serves them."""
    folder = tmp_path / "client"
    (folder / "home").mkdir(parents=True)
    (folder / "home" / "index.html").write_text("<script>let home = 1</script><script src='/a.js'></script>")
    (folder / "404.html").write_text('<script type="module">let lost = 1</script>')

    async def serve(scope, receive, send):
        is_page = "." not in scope["path"]
        await (HTMLResponse("page") if is_page else PlainTextResponse("file"))(scope, receive, send)

    return TestClient(guarded(folder)(serve))


def test_a_page_may_run_the_scripts_it_was_built_with_and_no_other(pages):
    def allowed(script):
        return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"

    home, lost = (pages.get(path).headers["Content-Security-Policy"] for path in ("/home/", "/../../etc"))
    assert allowed(b"let home = 1") in home and allowed(b"let lost = 1") not in home
    assert allowed(b"let lost = 1") in lost
    assert "unsafe-inline" not in home.split("script-src")[1].split(";")[0]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/home/", "no-cache"),
        ("/sw.js", "no-cache"),
        ("/tokens.css", "no-cache"),
        ("/assets/root-AG5az5ga.js", "public, max-age=31536000, immutable"),
        ("/fonts/mukta.woff2", "public, max-age=2592000"),
    ],
)
def test_browsers_keep_what_never_changes_and_ask_again_for_the_rest(pages, path, kept):
    assert pages.get(path).headers["Cache-Control"] == kept


def test_answers_of_the_doors_are_never_kept(web):
    assert web.get("/api/v1/quarantine").headers["Cache-Control"] == "no-store"
    assert web.get("/api/v1/quarantine").headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "language"),
    [(None, "en"), ("", "en"), ("hi", "hi"), ("fr, hi-IN;q=0.2", "hi"), ("en;q=0.4,hi;q=0.6", "hi"), ("hi;q=x", "en")],
)
def test_the_language_is_the_one_preferred_of_ours(header, language):
    assert language_of(header) == language
