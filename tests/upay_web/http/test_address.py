"""Whom a request comes from: only what our own proxies have added counts."""
import pytest

from upay.settings import settings
from upay_web.http.address import address_of


def seen(monkeypatch, hops, *forwarded):
    monkeypatch.setattr(settings(), "trusted_proxies", hops)
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return address_of({"type": "http", "client": ("10.0.0.9", 4711), "headers": headers})


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, [], "10.0.0.9"),
        (0, ["1.2.3.4"], "10.0.0.9"),  # anybody may write a header
        (1, ["203.0.113.7"], "203.0.113.7"),
        (1, ["1.2.3.4, 203.0.113.7"], "203.0.113.7"),  # the first entry is the client's own word
        (1, ["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
        (2, ["1.2.3.4, 203.0.113.7, 10.0.0.8"], "203.0.113.7"),
        (2, ["203.0.113.7"], "10.0.0.9"),  # it did not come through both
        (1, [], "10.0.0.9"),
        (1, [" , "], "10.0.0.9"),
    ],
)
def test_the_address_is_counted_from_the_right(monkeypatch, hops, forwarded, address):
    assert seen(monkeypatch, hops, *forwarded) == address


def test_without_a_client_there_is_no_address():
    assert address_of({"type": "http", "client": None, "headers": []}) == ""
