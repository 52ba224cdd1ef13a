"""What Reflex is set to."""

import os
import subprocess
import sys

import pytest

from tests.harness.product import ROOT

SAY = "from rxconfig import config; print(config.state_manager_mode, ','.join(config.cors_allowed_origins))"


def told(**environment: str) -> list[str]:
    """The state manager and the allowed origins, in a process of its own: the configuration is read once."""
    said = subprocess.run(
        [sys.executable, "-c", SAY],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()


@pytest.mark.parametrize(("redis", "held"), [("", "memory"), ("redis://127.0.0.1:6379/0", "redis")])
def test_a_tabs_state_and_its_cookies_are_never_written_to_disk(redis: str, held: str):
    assert told(UPAY_REDIS_URL=redis)[0].lower().endswith(held)


def test_only_our_own_origin_may_open_the_socket():
    assert told(UPAY_PUBLIC_URL="https://bijli.example")[1] == "https://bijli.example"
