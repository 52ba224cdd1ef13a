"""Browsers that a person has signed in with: told apart by a token each keeps, named by what it says of itself.

A token counts for the people who have signed in under it, and for nobody else: one planted by another is not adopted.
"""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from upay.accounts.keys import keep, new_token
from upay.accounts.models import Person, SignInSession
from upay.clock import IST
from upay.notices import queue

BROWSER_COOKIE = "upay_browser"
# A family shares a phone: so many persons' tokens stand side by side in the cookie.
_SIDE_BY_SIDE = 4

_BROWSERS = (
    (r"SamsungBrowser/", "Samsung Internet"), (r"Edg(A|iOS)?/", "Edge"), (r"OPR/|Opera", "Opera"),
    (r"UCBrowser/", "UC Browser"), (r"Firefox/|FxiOS/", "Firefox"), (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("KAIOS", "KaiOS"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def described(user_agent: str) -> str:
    """What a browser calls itself, in the words people know it by: `Chrome, Android`; "" when it says nothing known."""
    browser = next((name for sign, name in _BROWSERS if re.search(sign, user_agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


def known_browser(session: Session, cookie: str, person_id: int) -> str:
    """The mark under which a person has signed in with this browser before; "" for none."""
    marks = [keep("browser", token) for token in _tokens(cookie)]
    asked = select(SignInSession.browser).where(
        SignInSession.person_id == person_id, col(SignInSession.browser).in_(marks)
    )
    return session.exec(asked.limit(1)).first() or ""


def known_to_mobile(session: Session, cookie: str, mobile: str) -> str:
    """The same, of whoever is known by a mobile number."""
    marks = [keep("browser", token) for token in _tokens(cookie)]
    asked = select(SignInSession.browser).join(Person, col(Person.id) == SignInSession.person_id)
    asked = asked.where(Person.mobile == mobile, col(SignInSession.browser).in_(marks)).limit(1)
    return session.exec(asked).first() or ""


def with_new_browser(cookie: str) -> tuple[str, str]:
    """A token for a person who was not seen with this browser yet: the cookie that holds it too, and its mark."""
    token = new_token()
    return ".".join([token, *_tokens(cookie)][:_SIDE_BY_SIDE]), keep("browser", token)


def tell_of_new_browser(session: Session, person: Person, mark: str, user_agent: str, now: datetime) -> None:
    """Tell a person who has signed in elsewhere before that a browser not seen yet (its mark is new) is let in."""
    elsewhere = select(SignInSession.id).where(SignInSession.person_id == person.id)
    if session.exec(elsewhere.limit(1)).first() is None:
        return
    queue(
        session,
        key=f"new-browser:{mark[:48]}",
        to=person.mobile,
        template="devices.message_new",
        params={"browser": described(user_agent) or "?", "at": f"{now.astimezone(IST):%d-%m-%Y %H:%M}"},
        language=person.language,
        now=now,
    )


def _tokens(cookie: str) -> list[str]:
    return [token for token in cookie.split(".")[:_SIDE_BY_SIDE] if re.fullmatch(r"[\w-]{43}", token, re.ASCII)]
