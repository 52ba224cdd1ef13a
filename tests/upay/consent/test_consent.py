"""Links by consent: what is asked, what the owner's code gives, what the owner sees and ends, what stays pay-only."""

from datetime import timedelta

import pytest
from sqlmodel import select, update

from tests.upay.consent.village import (
    GRANDMOTHER,
    GRANDSON,
    HOUSE,
    NEIGHBOUR,
    NOBODYS,
    NOW,
    SHOP,
    build,
    code_on,
    messages,
    person,
    rights_on,
)
from upay import consent
from upay.accounts import ALL_RIGHTS, NO_RIGHTS, Right, connections_of
from upay.accounts.changes import change_mobile
from upay.accounts.models import AccountLink
from upay.consent import Asked, Found
from upay.consent.models import LinkAsk
from upay.db import session
from upay.errors import Problem
from upay.network.models import Connection

pytestmark = pytest.mark.usefixtures("database")
SOME = frozenset({Right.USAGE, Right.BILLS})


@pytest.fixture
def people(database: str) -> dict[str, int]:
    return build()


def ask(person_id: int, rights=SOME, number: str = HOUSE, now=NOW) -> Asked:
    with session() as db:
        return consent.ask(db, person_id, number, rights, "family", "Dadi", "10.0.0.1", now)


def answer(person_id: int, asked: Asked, code: str, now=NOW) -> AccountLink | Problem:
    with session() as db:
        return consent.answer(db, person_id, asked.ask_id, asked.handle, code, "10.0.0.1", now)


def linked(people: dict[str, int], rights=SOME) -> int:
    """The grandson is linked by the grandmother's code; the link's id."""
    asked = ask(people[GRANDSON], rights)
    given = answer(people[GRANDSON], asked, code_on(GRANDMOTHER))
    assert isinstance(given, AccountLink)
    return given.id or 0


def test_the_owner_is_told_who_asks_for_what_and_the_code_gives_exactly_that(people):
    asked = ask(people[GRANDSON])
    told = messages(GRANDMOTHER)[-1]
    for part in ("Rahul", GRANDSON, "10 4821 7730", "see usage, see bills"):
        assert part in told
    assert rights_on(people[GRANDSON]) == NO_RIGHTS
    assert isinstance(answer(people[GRANDSON], asked, code_on(GRANDMOTHER)), AccountLink)
    assert rights_on(people[GRANDSON]) == SOME
    assert "see usage, see bills" in messages(GRANDMOTHER)[-1] and "see usage, see bills" in messages(GRANDSON)[-1]


def test_a_wrong_code_gives_nothing_and_its_try_counts(people):
    asked = ask(people[GRANDSON])
    wrong = f"{(int(code_on(GRANDMOTHER)) + 1) % 1_000_000:06d}"
    refused = answer(people[GRANDSON], asked, wrong)
    assert isinstance(refused, Problem) and refused.params == {"left": 4}
    assert rights_on(people[GRANDSON]) == NO_RIGHTS


def test_what_was_asked_for_cannot_be_widened_afterwards(people):
    """Even by somebody who can write into the table of questions."""
    asked = ask(people[GRANDSON])
    with session() as db:
        db.exec(update(LinkAsk).values(rights=ALL_RIGHTS))
    refused = answer(people[GRANDSON], asked, code_on(GRANDMOTHER))
    assert isinstance(refused, Problem) and refused.code == "sign_in.code_wrong"
    assert rights_on(people[GRANDSON]) == NO_RIGHTS


def test_a_code_for_one_person_is_none_for_another(people):
    asked = ask(people[GRANDSON])
    refused = answer(people[NEIGHBOUR], asked, code_on(GRANDMOTHER))
    assert isinstance(refused, Problem) and refused.code == "links.ask_over"


def test_a_code_works_once(people):
    asked = ask(people[GRANDSON])
    code = code_on(GRANDMOTHER)
    answer(people[GRANDSON], asked, code)
    again = answer(people[GRANDSON], asked, code)
    assert isinstance(again, Problem) and again.code == "links.ask_over"


def test_the_owners_word_ends_what_is_being_asked(people):
    link_id = linked(people)
    asked = ask(people[GRANDSON], ALL_RIGHTS, now=NOW + timedelta(minutes=1))
    with session() as db:
        consent.change_rights(db, people[GRANDMOTHER], link_id, [Right.PAY], NOW + timedelta(minutes=2))
    late = answer(people[GRANDSON], asked, code_on(GRANDMOTHER), NOW + timedelta(minutes=3))
    assert isinstance(late, Problem) and late.code == "links.ask_over"
    assert rights_on(people[GRANDSON]) == {Right.PAY}


def test_ones_own_number_is_linked_at_once_with_everything(people):
    with session() as db:
        found = consent.find(db, people[NEIGHBOUR], "10-4821 7731", NOW)
        assert isinstance(found, Found) and found.is_own
        consent.add(db, people[NEIGHBOUR], SHOP, "other", "", NOW)
    assert rights_on(people[NEIGHBOUR], SHOP) == ALL_RIGHTS


def test_without_the_owner_there_is_a_masked_name_and_nothing_else(people):
    with session() as db:
        found = consent.find(db, people[GRANDSON], "१०४८ २१७७ ३०", NOW)
        assert isinstance(found, Found)
        assert (found.name, found.mobile, found.is_own) == ("A••••a", "••••10", False)
        consent.add(db, people[GRANDSON], HOUSE, "family", "Dadi\n ji", NOW)
    assert rights_on(people[GRANDSON]) == NO_RIGHTS
    with session() as db:
        [own] = connections_of(db, people[GRANDSON])
    assert (own.consumer_name, own.nickname, own.relation) == ("A••••a", "Dadi ji", "family")


def test_numbers_can_be_tried_so_often_and_no_more(people):
    for turn in range(10):
        with session() as db:
            unknown = consent.find(db, people[GRANDSON], f"20482177{turn:02d}", NOW)
            assert isinstance(unknown, Problem) and unknown.code == "links.unknown"
    with pytest.raises(Problem) as refused, session() as db:
        consent.find(db, people[GRANDSON], HOUSE, NOW)
    assert (refused.value.code, refused.value.params) == ("links.too_many_numbers", {"minutes": 10})


def test_an_owner_is_not_asked_again_and_again(people):
    for minute in range(2):
        ask(people[GRANDSON], now=NOW + timedelta(minutes=minute))
    with pytest.raises(Problem) as refused:
        ask(people[NEIGHBOUR], now=NOW + timedelta(minutes=2))
    assert refused.value.code == "links.too_many_asks"


@pytest.mark.parametrize(
    ("who", "number", "rights", "code"),
    [
        (GRANDSON, NOBODYS, SOME, "links.nobody_to_ask"),
        (GRANDSON, HOUSE, NO_RIGHTS, "links.no_rights"),
        (GRANDSON, "2000000000", SOME, "links.unknown"),
        (GRANDMOTHER, HOUSE, SOME, "links.own"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(people, who, number, rights, code):
    with pytest.raises(Problem) as refused:
        ask(people[who], rights, number)
    assert refused.value.code == code


def test_the_owner_sees_who_is_linked_and_ends_it(people):
    link_id = linked(people)
    with session() as db:
        consent.add(db, people[NEIGHBOUR], HOUSE, "friend", "", NOW)
        rows = consent.linked_to(db, people[GRANDMOTHER])
        assert [(row.name, row.relation, row.rights) for row in rows] == [
            ("Rahul", "family", SOME),
            ("Anil", "friend", NO_RIGHTS),
        ]
        consent.revoke(db, people[GRANDMOTHER], link_id, NOW)
    assert rights_on(people[GRANDSON]) == NO_RIGHTS
    assert "ended your access" in messages(GRANDSON)[-1] and "no longer linked" in messages(GRANDMOTHER)[-1]
    with pytest.raises(Problem), session() as db:
        consent.undo_unlink(db, people[GRANDSON], HOUSE, NOW)
    with session() as db:
        consent.undo_revoke(db, people[GRANDMOTHER], link_id, SOME, NOW)
    assert rights_on(people[GRANDSON]) == SOME


def test_nobody_else_has_a_say_not_even_with_all_rights(people):
    link_id = linked(people, ALL_RIGHTS)
    for stranger in (GRANDSON, NEIGHBOUR):
        for act in (consent.revoke, lambda *given: consent.change_rights(*given[:3], ALL_RIGHTS, given[3])):
            with pytest.raises(Problem) as refused, session() as db:
                act(db, people[stranger], link_id, NOW)
            assert (refused.value.code, refused.value.status) == ("links.not_yours", 404)
    with session() as db:
        assert consent.linked_to(db, people[GRANDSON]) == []


def test_with_another_registered_number_what_was_allowed_is_worth_nothing_at_once(people):
    linked(people)
    with session() as db:
        db.exec(update(Connection).where(Connection.number == HOUSE).values(mobile=NEIGHBOUR))  # type: ignore[arg-type]
    assert rights_on(people[GRANDSON]) == NO_RIGHTS
    assert rights_on(people[GRANDMOTHER]) == NO_RIGHTS
    with session() as db:
        assert consent.settle_owners(db, NOW) == 2
        assert consent.settle_owners(db, NOW) == 0
    for mobile in (GRANDSON, GRANDMOTHER):
        assert "another registered mobile number" in messages(mobile)[-1]
    with session() as db:
        db.exec(update(Connection).where(Connection.number == HOUSE).values(mobile=GRANDMOTHER))  # type: ignore[arg-type]
    assert rights_on(people[GRANDSON]) == NO_RIGHTS, "what has ended does not come back by itself"
    assert rights_on(people[GRANDMOTHER]) == ALL_RIGHTS


def test_an_owner_who_changes_numbers_takes_connections_and_links_along(people):
    linked(people)
    with session() as db:
        assert change_mobile(db, people[GRANDMOTHER], "+919876543299", "", NOW) == GRANDMOTHER
    assert rights_on(people[GRANDMOTHER]) == ALL_RIGHTS
    assert rights_on(people[GRANDSON]) == SOME


def test_leaving_can_be_taken_back_for_an_hour(people):
    linked(people)
    with session() as db:
        consent.unlink(db, people[GRANDSON], HOUSE, NOW)
    assert rights_on(people[GRANDSON]) == NO_RIGHTS
    with session() as db:
        consent.undo_unlink(db, people[GRANDSON], HOUSE, NOW + timedelta(minutes=59))
    assert rights_on(people[GRANDSON]) == SOME
    with session() as db:
        consent.unlink(db, people[GRANDSON], HOUSE, NOW)
    with pytest.raises(Problem) as late, session() as db:
        consent.undo_unlink(db, people[GRANDSON], HOUSE, NOW + timedelta(minutes=60))
    assert late.value.code == "links.too_late"
    with session() as db:
        assert consent.forget_left(db, NOW + timedelta(minutes=60)) == 1
        assert consent.last_word(db, people[GRANDSON], db.exec(select(Connection.id)).first() or 0) is None
    assert "removed your connection" in messages(GRANDMOTHER)[-1]


def test_coming_back_after_leaving_is_no_way_to_the_rights_of_before(people):
    linked(people)
    with session() as db:
        consent.unlink(db, people[GRANDSON], HOUSE, NOW)
        consent.add(db, people[GRANDSON], HOUSE, "family", "", NOW)
    assert rights_on(people[GRANDSON]) == NO_RIGHTS


def test_the_list_is_in_the_persons_own_order(people):
    def order() -> list[str]:
        with session() as db:
            return [own.number for own in connections_of(db, people[GRANDMOTHER])]

    with session() as db:
        consent.add(db, people[GRANDMOTHER], SHOP, "friend", "", NOW)
        consent.add(db, people[GRANDMOTHER], NOBODYS, "other", "", NOW)
    assert order() == [HOUSE, SHOP, NOBODYS]
    with session() as db:
        consent.move(db, people[GRANDMOTHER], NOBODYS, -1)
    assert order() == [HOUSE, NOBODYS, SHOP]
    with session() as db:
        consent.make_default(db, people[GRANDMOTHER], SHOP)
        consent.move(db, people[GRANDMOTHER], SHOP, -1)
    assert order() == [SHOP, HOUSE, NOBODYS]
    with pytest.raises(Problem), session() as db:
        consent.rename(db, people[GRANDSON], HOUSE, "mine")


def test_consents_are_on_record_and_taking_one_back_ends_what_it_allowed(people):
    linked(people)
    with session() as db:
        [agreed] = consent.consents_of(db, people[GRANDMOTHER])
        assert (agreed.purpose, agreed.number, agreed.receiver, agreed.rights, agreed.how) == (
            "link",
            HOUSE,
            "Rahul",
            SOME,
            "code",
        )
        with pytest.raises(Problem):
            consent.withdraw_consent(db, people[GRANDSON], agreed.id, NOW)
        consent.withdraw_consent(db, people[GRANDMOTHER], agreed.id, NOW)
    assert rights_on(people[GRANDSON]) == NO_RIGHTS
    with session() as db:
        [agreed] = consent.consents_of(db, people[GRANDMOTHER])
        assert agreed.withdrawn_at == NOW


def test_an_email_address_counts_once_its_code_has_come_back(people):
    with session() as db:
        email, challenge = consent.ask_email(db, people[GRANDSON], " Rahul@Example.ORG ", "10.0.0.1", NOW)
    assert email == "Rahul@example.org"
    code = code_on(email)
    with session() as db:
        other = consent.confirm_email(db, people[GRANDSON], "evil@example.org", challenge.handle, code, "", NOW)
        assert isinstance(other, Problem) and other.code == "sign_in.code_wrong"
    with session() as db:
        assert consent.confirm_email(db, people[GRANDSON], email, challenge.handle, code, "", NOW) is None
        assert consent.addressee_of(person(db, people[GRANDSON])).email == email
        consent.remove_email(db, people[GRANDSON], NOW)
        assert consent.addressee_of(person(db, people[GRANDSON])).email == ""


@pytest.mark.parametrize("typed", ["", "rahul", "a@b", "a@b.c\nBcc: all@example.org", "a b@example.org", "x" * 300])
def test_what_is_no_email_address_is_refused(people, typed):
    with pytest.raises(Problem) as refused, session() as db:
        consent.ask_email(db, people[GRANDSON], typed, "", NOW)
    assert refused.value.code == "account.email_bad"
