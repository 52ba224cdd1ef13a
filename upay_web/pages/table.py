"""Which pages there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from state.account import AccountState
from state.home import HomeState
from state.inbox import InboxState
from state.usage import UsageState
from upay_web.pages.consumer.account import account
from upay_web.pages.consumer.home import home
from upay_web.pages.consumer.usage import usage
from upay_web.pages.desk.closed import closed
from upay_web.pages.public.inbox import inbox
from upay_web.pages.public.not_found import not_found
from upay_web.pages.public.offline import offline
from upay_web.pages.public.sign_in import code, sign_in


@dataclass(frozen=True)
class Page:
    """A page. address: without slashes around.  title: a key of the catalogues.  on_load: runs at every visit."""

    address: str
    content: Callable[[], rx.Component]
    title: str
    on_load: Any = None
    demo_only: bool = False


PAGES = (
    Page("sign-in", sign_in, "sign_in.title", InboxState.load),
    Page("sign-in/code", code, "sign_in.code_title", InboxState.load),
    Page("home", home, "home.title", HomeState.show),
    Page("usage", usage, "usage.title", UsageState.open),
    Page("account", account, "common.account", AccountState.load),
    Page("desk/closed", closed, "staff.closed_title"),
    Page("inbox", inbox, "inbox.title", InboxState.watch, demo_only=True),
    Page("offline", offline, "common.offline_title"),
    Page("404", not_found, "common.not_found_title"),
)
