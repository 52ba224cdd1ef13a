"""Rows of the tariff desk, as its page lists them. Sentences come in both languages; the page picks the reader's."""

from collections.abc import Mapping
from typing import Any, TypedDict

from upay.accounts.models import Person
from upay.tariffs import Considered, Draft, Schedule, Tariff, draft_of, leaves
from upay.text import LANGUAGES, catalogue, say

Both = dict[str, str]
_MONTHS = 3


class Named(TypedDict):
    """Something to choose. chosen: whether it is."""

    id: str
    name: Both
    chosen: bool


class Version(TypedDict):
    """A version of a tariff. last: "" while nothing later is known.  here: whether it is in force today."""

    version: str
    first: str
    last: str
    here: bool


class Part(TypedDict):
    """A dated row of a tariff's part. values: what it says, in short."""

    topic: str
    name: Both
    since: str
    source: str
    confidence: str
    values: str


class Field(TypedDict):
    """A value of the row being written. group: which slab, band or class it stands in, "" for none."""

    path: str
    label: Both
    group: str
    value: str


class Proposal(TypedDict):
    """A proposal. state: waiting, approved or rejected.  own: whether the one who looks made it."""

    id: int
    tariff: str
    part: Both
    since: str
    values: str
    reason: str
    by: str
    on: str
    state: str
    decided_by: str
    decision: str
    own: bool


class MoverRow(TypedDict):
    """A bill that would change."""

    number: str
    before_paise: int
    after_paise: int


def both(code: str, **params: str | int) -> Both:
    """A sentence in each language."""
    return {language: say(code, language, **params) for language in LANGUAGES}


def versions_of(schedules: list[Schedule], today: str) -> list[Version]:
    """Newest first."""
    return [
        Version(
            version=each.version,
            first=each.first.isoformat(),
            last=each.last.isoformat() if each.last else "",
            here=each.first.isoformat() <= today and (each.last is None or today <= each.last.isoformat()),
        )
        for each in reversed(schedules)
    ]


def parts_of(tariff: Tariff) -> list[Part]:
    """Every row of every part, the newest of each first."""
    return [
        Part(
            topic=topic,
            name=both(f"tariff.topic_{topic}"),
            since=row.source.since.isoformat(),
            source=row.source.source,
            confidence=row.source.confidence,
            values=told(draft_of(row.table)),
        )
        for topic, rows in tariff.rows.items()
        for row in reversed(rows)
    ]


def fields_of(draft: Draft) -> list[Field]:
    """The fields of a form for a draft."""
    return [
        Field(
            path=leaf.path,
            label=label_of(leaf.key),
            group=" · ".join(map(str, leaf.places)),
            value=leaf.value,
        )
        for leaf in leaves(draft)
    ]


def label_of(key: str) -> Both:
    """What a value is called; a month is its own name."""
    code = f"tariff.field_{key}"
    return both(code) if code in catalogue("en") else dict.fromkeys(LANGUAGES, key)


def told(draft: Draft) -> str:
    """A row's values in short, `0–150: 5.50 · 150–300: 6.00`; of a long list of months the last three."""
    kept = {name: value for name, value in draft.items() if name not in ("from", "to", "source", "confidence")}
    return " · ".join(_short(name, value) for name, value in kept.items())


def _short(name: str, value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return " · ".join(_row(each) for each in value)
    if isinstance(value, dict):
        pairs = [f"{key} {each}" for key, each in value.items()]
        return " · ".join(["…", *pairs[-_MONTHS:]] if len(pairs) > _MONTHS + 1 else pairs) or "–"
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return said if name in ("rate", "by") else f"{name.replace('_', ' ')} {said}"


def _row(row: Draft) -> str:
    """A slab, a band or a class: where it lies, and what holds there."""
    rest = {name: value for name, value in row.items() if name not in ("from", "to", "upto_kw")}
    if "from" in row:
        lies = f"{row['from']}–{row['to']}: " if "to" in row else f"> {row['from']}: "
    else:
        lies = f"≤ {row['upto_kw']} kW: " if "upto_kw" in row else ""
    return lies + " · ".join(_short(name, value) for name, value in rest.items())


def proposal_of(found: Considered, people: Mapping[int, Person], person_id: int, row: Draft) -> Proposal:
    """A proposal with the names of who made and who decided it."""
    proposal, decision = found.proposal, found.decision
    state = "waiting" if decision is None else "approved" if decision.approved else "rejected"
    return Proposal(
        id=proposal.id or 0,
        tariff=proposal.tariff_id,
        part=both(f"tariff.topic_{proposal.topic}"),
        since=proposal.since.isoformat(),
        values=told(row),
        reason=proposal.reason,
        by=_name(people, proposal.proposed_by),
        on=proposal.proposed_at.date().isoformat(),
        state=state,
        decided_by=_name(people, decision.decided_by) if decision else "",
        decision=decision.reason if decision else "",
        own=proposal.proposed_by == person_id,
    )


def _name(people: Mapping[int, Person], person_id: int) -> str:
    person = people.get(person_id)
    return (person.name or person.mobile) if person else str(person_id)



