"""The law of links: no sequence of acts lets anybody see more than the owner's last word.

The machine keeps its own account of what the owner of each moment last said, and compares it, after every step, with
what the guard would hand to a page. It knows nothing of how links are stored.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import delete, select, update

from tests.upay.consent.village import GRANDMOTHER, GRANDSON, HOUSE, NEIGHBOUR, NOW, build, code_on, rights_on
from upay import consent
from upay.accounts import ALL_RIGHTS, NO_RIGHTS, Right
from upay.accounts.credentials.tables import Guesses
from upay.accounts.models import AccountLink, OneTimeCode
from upay.consent import Asked
from upay.consent.models import LinkAsk, NumberTry
from upay.db import session
from upay.errors import Problem
from upay.network.models import Connection

PEOPLE = (GRANDMOTHER, GRANDSON, NEIGHBOUR)
RIGHTS = st.frozensets(st.sampled_from(list(Right)))
SOMEBODY = st.sampled_from(PEOPLE)


class Links(RuleBasedStateMachine):
    """Three people and one house, whose registered number moves between them or goes."""

    def __init__(self) -> None:
        super().__init__()
        with session() as db:
            for table in (LinkAsk, NumberTry, OneTimeCode, Guesses, AccountLink):
                db.exec(delete(table))
            db.exec(update(Connection).where(Connection.number == HOUSE).values(mobile=GRANDMOTHER))  # type: ignore[arg-type]
        self.people = Links.village
        self.owner: str | None = GRANDMOTHER
        self.word: dict[str, frozenset[Right]] = {}
        self.asked: dict[str, tuple[Asked, frozenset[Right], str, str]] = {}
        self.now = NOW

    village: dict[str, int] = {}

    def _tick(self) -> None:
        """Time goes on; limits are tested elsewhere and are out of the way here."""
        self.now += timedelta(minutes=1)
        with session() as db:
            for table in (NumberTry, Guesses):
                db.exec(delete(table))
            db.exec(update(OneTimeCode).values(created_at=NOW - timedelta(days=2)))
            db.exec(update(LinkAsk).values(asked_at=NOW - timedelta(days=2)))

    def _link_of(self, who: str) -> int:
        with session() as db:
            return db.exec(select(AccountLink.id).where(AccountLink.person_id == self.people[who])).first() or 0

    @rule(who=SOMEBODY)
    def add_without_asking(self, who: str):
        self._tick()
        with session() as db:
            consent.add(db, self.people[who], HOUSE, "family", "", self.now)

    @rule(who=SOMEBODY, rights=RIGHTS)
    def ask(self, who: str, rights: frozenset[Right]):
        self._tick()
        try:
            with session() as db:
                asked = consent.ask(db, self.people[who], HOUSE, rights, "family", "", "", self.now)
        except Problem:
            return
        assert self.owner
        self.asked[who] = (asked, rights, self.owner, code_on(self.owner))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def tell_the_code(self, data: st.DataObject):
        """The owner of that time tells the code, perhaps much later, when all has changed."""
        self._tick()
        who = data.draw(st.sampled_from(sorted(self.asked)))
        asked, rights, owner, code = self.asked[who]
        with session() as db:
            given = consent.answer(db, self.people[who], asked.ask_id, asked.handle, code, "", self.now)
        if isinstance(given, AccountLink):
            assert owner == self.owner, "a code of the owner before opened something"
            assert who in self.asked
            self.word[who] = rights
            del self.asked[who]

    @rule(who=SOMEBODY, owner=SOMEBODY, rights=RIGHTS)
    def change(self, who: str, owner: str, rights: frozenset[Right]):
        self._tick()
        try:
            with session() as db:
                consent.change_rights(db, self.people[owner], self._link_of(who), rights, self.now)
        except Problem:
            return
        assert owner == self.owner
        self._said(who, rights)

    @rule(who=SOMEBODY, owner=SOMEBODY)
    def revoke(self, who: str, owner: str):
        self._tick()
        try:
            with session() as db:
                consent.revoke(db, self.people[owner], self._link_of(who), self.now)
        except Problem:
            return
        assert owner == self.owner
        self._said(who, NO_RIGHTS)

    @rule(who=SOMEBODY, owner=SOMEBODY, rights=RIGHTS)
    def undo_revoke(self, who: str, owner: str, rights: frozenset[Right]):
        self._tick()
        try:
            with session() as db:
                consent.undo_revoke(db, self.people[owner], self._link_of(who), rights, self.now)
        except Problem:
            return
        assert owner == self.owner
        self._said(who, rights)

    @rule(who=SOMEBODY)
    def leave(self, who: str):
        self._tick()
        try:
            with session() as db:
                consent.unlink(db, self.people[who], HOUSE, self.now)
        except Problem:
            return

    @rule(who=SOMEBODY)
    def take_leaving_back(self, who: str):
        self._tick()
        try:
            with session() as db:
                consent.undo_unlink(db, self.people[who], HOUSE, self.now)
        except Problem:
            return

    @rule(owner=st.sampled_from([*PEOPLE, None, "+919876543299"]))
    def the_register_changes(self, owner: str | None):
        self._tick()
        if owner != self.owner:
            # What another owner said counts for nothing; and if the number comes back, it may count again only if
            # nobody has put the rows in order meanwhile: the word of that same owner still stands.
            self.past = getattr(self, "past", {})
            self.past[self.owner] = self.word
            self.word = self.past.get(owner, {})
            self.owner = owner
        with session() as db:
            db.exec(update(Connection).where(Connection.number == HOUSE).values(mobile=owner))  # type: ignore[arg-type]

    @rule()
    def rows_are_put_in_order(self):
        self._tick()
        with session() as db:
            consent.settle_owners(db, self.now)
            consent.forget_left(db, self.now)

    def _said(self, who: str, rights: frozenset[Right]) -> None:
        self.word[who] = rights

    @invariant()
    def nobody_sees_more_than_the_owners_last_word(self):
        for who in PEOPLE:
            held = rights_on(self.people[who])
            if who == self.owner:
                assert held in (ALL_RIGHTS, NO_RIGHTS)
            else:
                assert held <= self.word.get(who, NO_RIGHTS), (who, held, self.word.get(who))


@pytest.mark.usefixtures("sqlite")
def test_no_sequence_of_acts_lets_anybody_see_more_than_the_owners_last_word():
    Links.village = build()
    run_state_machine_as_test(
        Links,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
