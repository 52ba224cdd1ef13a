"""An installation serves real people only when nothing of a demonstration is in it, and nothing goes in the open."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from upay.accounts import begin_demo_authenticator, ensure_real, person_with, shown_codes
from upay.accounts.cli import app
from upay.db import session
from upay.errors import Problem
from upay.metering import intake
from upay.settings import settings

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("sqlite")


def refused() -> str:
    try:
        with session() as db:
            ensure_real(db)
    except Problem as problem:
        return problem.code
    return ""


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch):
    """Settings of this test."""

    def choose(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"UPAY_{name}", value)
        settings.cache_clear()

    choose(DEMO="0")
    return choose


def test_an_empty_installation_on_ones_own_machine_or_behind_tls_is_real(chosen):
    assert refused() == ""
    chosen(PUBLIC_URL="https://bijli.example")
    assert refused() == ""


def test_passwords_never_go_in_the_open(chosen):
    chosen(PUBLIC_URL="http://bijli.example")
    assert refused() == "serve.insecure_address"


def test_the_demonstrations_people_and_keys_are_seen(chosen):
    with session() as db:
        intake.issue(db, "demo-headend", None, NOON)
    assert refused() == "serve.demo_marks"


def test_an_app_that_the_inbox_shows_can_be_made_in_a_demonstration_alone_and_is_seen_afterwards(chosen):
    with session() as db:
        person_with(db, "+919876543210", "en", NOON)
    with pytest.raises(Problem, match=r"security\.demo_only"), session() as db:
        begin_demo_authenticator(db, "+919876543210", NOON)
    chosen(DEMO="1")
    for _ in range(2):
        with session() as db:
            begin_demo_authenticator(db, "+919876543210", NOON)
    with session() as db:
        assert [len(code) for code in shown_codes(db, NOON).values()] == [6]
    assert refused() == ""
    chosen(DEMO="0")
    assert refused() == "serve.demo_marks"


def test_a_lost_second_factor_is_taken_away_by_command(chosen):
    with session() as db:
        person_with(db, "+919876543210", "en", NOON)
    chosen(DEMO="1")
    with session() as db:
        begin_demo_authenticator(db, "+919876543210", NOON)
    done = CliRunner().invoke(app, ["reset-second-factor", "98765 43210", "--why", "identity card seen"])
    assert done.exit_code == 0, done.output
    with session() as db:
        assert shown_codes(db, NOON) == {}
