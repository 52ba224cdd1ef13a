"""Keys: who may open the doors, and for which zones."""
import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from tests.upay.metering.intake.town import NOW, install, row, send
from upay.db import session
from upay.errors import Problem
from upay.metering import intake
from upay.metering.cli import commands
from upay.metering.models import HeadEndKey
from upay.network import bump_registry

pytestmark = pytest.mark.usefixtures("lite_town")


def run(*words):
    """What a command prints."""
    done = CliRunner().invoke(commands, words, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def opens(header):
    """Who an Authorization header stands for."""
    with session() as db:
        return intake.sender(db, header)


def test_a_key_opens_the_door_under_its_head_ends_name_and_zones():
    with session() as db:
        _, key = intake.issue(db, "east", ["KNP"], NOW)
    assert opens(f"Bearer {key}") == opens(f"bearer  {key} ") == intake.Sender("head-end:east", [2])


def test_the_database_never_holds_the_key():
    with session() as db:
        _, key = intake.issue(db, "east", None, NOW)
        assert key not in repr([row.model_dump() for row in db.exec(select(HeadEndKey)).all()])


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer "])
def test_without_a_key_the_door_asks_for_one(header):
    with pytest.raises(Problem, match="no_key") as told:
        opens(header)
    assert told.value.status == 401


def test_a_key_nobody_was_given_opens_nothing():
    with pytest.raises(Problem, match="bad_key"):
        opens("Bearer upay_0000")


def test_a_revoked_key_opens_nothing_and_keeps_its_date():
    with session() as db:
        record, key = intake.issue(db, "east", None, NOW)
        intake.revoke(db, record.id, NOW)
    with pytest.raises(Problem, match="key_revoked"):
        opens(f"Bearer {key}")


def test_a_zone_or_a_key_that_is_not_there_is_named():
    with session() as db:
        with pytest.raises(Problem, match="unknown_zone"):
            intake.issue(db, "east", ["KNP", "DEL"], NOW)
        with pytest.raises(Problem, match="no_such_key"):
            intake.revoke(db, 99, NOW)
        with pytest.raises(Problem, match="bad_head_end"):
            intake.issue(db, "x" * 65, None, NOW)


def test_the_command_issues_lists_and_revokes():
    issued = json.loads(run("keys", "issue", "east", "--zone", "LKO", "--zone", "KNP", "--json"))
    assert opens(f"Bearer {issued['key']}").zone_ids == [1, 2]
    run("keys", "revoke", str(issued["id"]))
    listed = json.loads(run("keys", "list", "--json"))[-1]
    assert (listed["head_end"], listed["zones"], listed["ended"] is None) == ("east", ["LKO", "KNP"], False)
    assert "east" in run("keys", "list")


def test_the_command_lists_and_replays_the_quarantine():
    send([row("N"), row("A", wh=-1)])
    assert "negative" in run("quarantine", "list", "--code", "reads.negative", "--json")
    with session() as db:
        install(db, "N", 1)
        bump_registry(db)
    assert json.loads(run("quarantine", "replay", "--json")) == {"tried": 2, "settled": 1}
    assert "-1" in run("quarantine", "list")
