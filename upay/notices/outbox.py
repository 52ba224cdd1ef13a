"""The outbox: what is to be told to whom. A message is written in the transaction of the thing it tells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from upay.notices.models import Channel, Message
from upay.text import say


def queue(
    session: Session,
    *,
    key: str,
    to: str,
    template: str,
    params: dict[str, Any],
    language: str,
    now: datetime,
    channel: str = Channel.SMS,
    subject: str = "",
    void: bool = False,
) -> Message:
    """Put a message to one address in the outbox; the same key is never put there twice.

    What a person may choose not to hear goes through `tell`; this door is for what always goes: codes.
    key: what the message is about.  to: mobile number (E.164) or e-mail address.  template: a key of the catalogues,
    params fill it.  subject: an e-mail's, a sentence.
    void: it goes nowhere and nobody sees it: for what must look from outside as if it were sent.
    Returns the message that stands under the key.
    """
    standing = session.exec(select(Message).where(Message.key == key)).first()
    if standing is not None:
        return standing
    message = Message(
        key=key,
        channel=channel,
        to=to,
        template=template,
        params=params,
        language=language,
        subject=subject,
        text=say(template, language, **params),
        created_at=now,
        state="void" if void else "queued",
    )
    session.add(message)
    session.flush()
    return message


def latest(session: Session, count: int) -> Sequence[Message]:
    """The newest messages, newest first: the demonstration's inbox."""
    sent = select(Message).where(Message.state != "void")
    return session.exec(sent.order_by(col(Message.created_at).desc(), col(Message.id).desc()).limit(count)).all()
