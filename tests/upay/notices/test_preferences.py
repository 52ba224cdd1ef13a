"""Who is told of what by which channel: the usual, a person's own choice, and what always goes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from upay import notices
from upay.accounts import person_with
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.notices import Addressee, Channel

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
MOBILE, EMAIL = "+919876543210", "asha@example.org"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def asha(database: str) -> Addressee:
    with session() as db:
        person = person_with(db, MOBILE, "en", NOW)
        return Addressee(person.id, MOBILE, EMAIL, "en")


def told(to: Addressee, kind: str, key: str = "k") -> list[tuple[str, str]]:
    """By which channels, and where to."""
    with session() as db:
        params = {"number": "10 4821 7730"}
        sent = notices.tell(db, to=to, kind=kind, key=key, template="links.moved", params=params, now=NOW)
        return [(message.channel, message.to) for message in sent]


def choose(who: Addressee, kind: str, channel: str, wanted: bool) -> None:
    with session() as db:
        notices.choose(db, who.person_id or 0, kind, channel, wanted, NOW)


def test_without_a_choice_the_usual_holds(asha: Addressee):
    assert told(asha, "bill") == [("sms", MOBILE), ("email", EMAIL)]
    assert told(asha, "outage") == [("sms", MOBILE)]
    assert told(asha, "advice") == []


def test_a_choice_holds_for_its_kind_and_channel_alone_and_can_be_changed(asha: Addressee):
    choose(asha, "bill", "sms", False)
    assert told(asha, "bill", "a") == [("email", EMAIL)]
    assert told(asha, "payment", "a") == [("sms", MOBILE)]
    choose(asha, "bill", "sms", True)
    assert told(asha, "bill", "b") == [("sms", MOBILE), ("email", EMAIL)]


def test_an_address_that_is_not_proven_is_never_written_to(asha: Addressee):
    assert told(replace(asha, email=""), "bill") == [("sms", MOBILE)]


@pytest.mark.parametrize("kind", ["disconnection", "links", "security"])
def test_what_always_goes_by_sms_cannot_be_switched_off(asha: Addressee, kind: str):
    with pytest.raises(Problem) as refused:
        choose(asha, kind, "sms", False)
    assert refused.value.code == "notices.always"
    choose(asha, kind, "email", False)
    assert told(asha, kind) == [("sms", MOBILE)]


@pytest.mark.parametrize(("kind", "channel"), [("gossip", "sms"), ("bill", "pigeon"), ("", "")])
def test_what_there_is_not_cannot_be_chosen(asha: Addressee, kind: str, channel: str):
    with pytest.raises(Problem) as refused:
        choose(asha, kind, channel, True)
    assert refused.value.code == "notices.unknown_kind"


def test_the_same_is_told_once_a_channel_and_who_has_no_account_is_told_as_usual(asha: Addressee):
    told(asha, "bill")
    told(asha, "bill")
    with session() as db:
        assert sorted(message.channel for message in notices.latest(db, 10)) == ["email", "sms"]
    assert told(Addressee(None, "+919876543211", "", "hi"), "bill", "other") == [("sms", "+919876543211")]


def test_every_kind_has_its_words_and_an_email_its_subject(asha: Addressee):
    with session() as db:
        kinds = notices.choices(db, None, day_of(NOW))
        for each in kinds:
            assert set(each.on) == set(Channel)
            notices.tell(
                db, to=asha, kind=each.kind, key=each.kind, template="links.moved", params={"number": "1"}, now=NOW
            )
        subjects = {message.subject for message in notices.latest(db, 50) if message.channel == "email"}
    assert "Your electricity bill" in subjects
