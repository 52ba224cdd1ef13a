"""Whether an installation may serve real people: nothing of a demonstration is in it, nothing goes in the open."""

from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from upay.accounts.credentials.tables import Authenticator
from upay.accounts.models import Person
from upay.errors import Problem
from upay.metering.models import HeadEndKey
from upay.settings import settings

# The demonstration's people and head-end, as `demo` names them to the product.
_DEMO_MOBILES, _DEMO_HEAD_END = "+916000", "demo-headend"
_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


def ensure_real(session: Session) -> None:
    """Refuse what would let strangers in. In demonstration mode everything goes: all is made up.

    Raises Problem: serve.insecure_address {url}, serve.demo_marks {what}.
    """
    chosen = settings()
    if chosen.demo:
        return
    address = urlsplit(chosen.public_url)
    if address.scheme != "https" and address.hostname not in _OWN_MACHINE:
        raise Problem("serve.insecure_address", {"url": chosen.public_url})
    people = select(Person.mobile).where(col(Person.mobile).startswith(_DEMO_MOBILES))
    in_force = col(HeadEndKey.revoked_at).is_(None)
    keys = select(HeadEndKey.head_end).where(HeadEndKey.head_end == _DEMO_HEAD_END, in_force)
    shown = select(Authenticator.person_id).where(col(Authenticator.shown).is_(True))
    for marks in (people, keys, shown):
        if (found := session.exec(marks.limit(1)).first()) is not None:
            raise Problem("serve.demo_marks", {"what": str(found)})
