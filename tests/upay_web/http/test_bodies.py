"""Whoever posts, signed in or not, makes us read little; only the intake doors read more."""
import pytest

from tests.upay.metering.intake.town import row, written
from upay_web.http.app import api
from upay_web.http.bodies import MOST_BYTES, bounded

_PART = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: text/plain\r\n\r\n'
FORMS = {
    "a file": ("multipart/form-data; boundary=B", _PART),
    "a field": ("multipart/form-data; boundary=B", b'--B\r\nContent-Disposition: form-data; name="mobile"\r\n\r\n'),
    "a form": ("application/x-www-form-urlencoded", b"mobile="),
}


@pytest.mark.parametrize("declared", [True, False], ids=["announced", "in pieces"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", ["/api/v1/sign-in/code", "/api/v1/sign-in/verify"])
def test_a_body_above_the_limit_is_refused_before_it_is_read_on(web, path, form, declared):
    content_type, head = FORMS[form]

    def pieces():
        yield head
        for _ in range(100):
            yield b"a" * 4096

    content = head + b"a" * MOST_BYTES if declared else pieces()
    told = web.post(path, content=content, headers={"Content-Type": content_type})
    assert (told.status_code, told.json()["code"], told.json()["params"]) == (413, "http.body_too_large", {"limit": 64})
    assert told.headers["X-Content-Type-Options"] == "nosniff" and told.headers["X-Request-ID"]


async def test_no_more_is_read_than_the_limit():
    read = []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"a" * 4096, "more_body": True}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/sign-in/code", "query_string": b"", "headers": [
        (b"content-type", b"application/x-www-form-urlencoded")]}  # fmt: skip
    await bounded(api)(scope, receive, send)
    assert sent[0]["status"] == 413
    assert len(read) <= MOST_BYTES // 4096 + 1


def test_a_batch_may_be_larger(web, key):
    lines = written([row("A"), *[row("B") for _ in range(2_000)]])
    assert len(lines) > MOST_BYTES
    assert web.post("/api/v1/reads", content=lines, headers=key).status_code == 200
