"""By which channels a person is told of what: the pack's usual ones, the person's own choices, and what always goes.

This is the one place that decides. `tell` is the door for every message about something; a one-time code, which is
asked for by who waits for it, goes through `outbox.queue`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from upay.clock import day_of
from upay.errors import Problem
from upay.notices.models import Channel, Message, NoticePreference
from upay.notices.outbox import queue
from upay.packs import pack
from upay.text import say
from upay.work.upsert import insert_into


@dataclass(frozen=True)
class Addressee:
    """Who is told. person_id: None for somebody who has no account.  email: "" unless it is verified."""

    person_id: int | None
    mobile: str
    email: str
    language: str


@dataclass(frozen=True)
class KindChoice:
    """A kind of notice as a person has it. on: by channel.  fixed: channels that cannot be switched off."""

    kind: str
    on: Mapping[str, bool]
    fixed: frozenset[str]


def choices(session: Session, person_id: int | None, day: date) -> list[KindChoice]:
    """Every kind of notice in the pack's order, with the person's choices; the usual ones for None."""
    chosen: dict[tuple[str, str], bool] = {}
    if person_id is not None:
        own = select(NoticePreference).where(NoticePreference.person_id == person_id)
        chosen = {(row.kind, row.channel): row.wanted for row in session.exec(own)}
    return [
        KindChoice(
            kind=row["key"],
            on={
                channel: channel in row["always"] or chosen.get((row["key"], channel), channel in row["usual"])
                for channel in Channel
            },
            fixed=frozenset(row["always"]),
        )
        for row in pack().row("notices", day)["kinds"]
    ]


def choose(session: Session, person_id: int, kind: str, channel: str, wanted: bool, now: datetime) -> None:
    """Keep a person's choice. Raises Problem: notices.unknown_kind, notices.always {kind} for what always goes."""
    known = {each.kind: each for each in choices(session, None, day_of(now))}
    if kind not in known or channel not in known[kind].on:
        raise Problem("notices.unknown_kind")
    if channel in known[kind].fixed and not wanted:
        raise Problem("notices.always")
    row = insert_into(session, NoticePreference).values(
        person_id=person_id, kind=kind, channel=channel, wanted=wanted, changed_at=now
    )
    unique = ["person_id", "kind", "channel"]
    session.exec(row.on_conflict_do_update(index_elements=unique, set_={"wanted": wanted, "changed_at": now}))


def forget_choices(session: Session, person_id: int) -> None:
    """Back to the usual."""
    for row in session.exec(select(NoticePreference).where(col(NoticePreference.person_id) == person_id)):
        session.delete(row)


def tell(
    session: Session, *, to: Addressee, kind: str, key: str, template: str, params: dict[str, Any], now: datetime
) -> list[Message]:
    """Tell somebody of something by every channel that is on for its kind and leads to them.

    key: what the message is about: the same is told once a channel.  Raises Problem notices.unknown_kind.
    """
    found = [each for each in choices(session, to.person_id, day_of(now)) if each.kind == kind]
    if not found:
        raise Problem("notices.unknown_kind")
    addresses = {Channel.SMS: to.mobile, Channel.EMAIL: to.email}
    return [
        queue(
            session,
            key=f"{key}:{channel}",
            to=address,
            template=template,
            params=params,
            language=to.language,
            now=now,
            channel=channel,
            subject=say(f"notices.subject_{kind}", to.language) if channel == Channel.EMAIL else "",
        )
        for channel, address in addresses.items()
        if address and found[0].on[channel]
    ]
