"""Leases: a role that one process holds at a time, and loses by itself when it stops renewing."""
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from upay.work.models import Lease
from upay.work.upsert import insert_into


def hold_lease(session: Session, name: str, holder: str, now: datetime, seconds: int) -> bool:
    """Take or renew the lease until `now + seconds`. False while another holder's has not run out.

    holder: names one process, never two (host, pid and a random part). The statement decides alone, so that of any
    number of processes asking at once exactly one is told True.
    """
    now_s = int(now.timestamp())
    wanted = insert_into(session, Lease).values(name=name, holder=holder, until_s=now_s + seconds)
    taken = wanted.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until_s": now_s + seconds},
        where=(col(Lease.holder) == holder) | (col(Lease.until_s) <= now_s),
    )
    return session.exec(taken.returning(Lease.holder)).scalar_one_or_none() == holder


def release(session: Session, name: str, holder: str) -> None:
    """Give the lease up, so that another need not wait for it to run out. Nothing happens when it is not held."""
    session.exec(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))
