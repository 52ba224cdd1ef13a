"""The web application, put together: which pages there are, what is mounted beside them."""
from pathlib import Path

import reflex as rx

from components.text import t
from state.account import AccountState
from state.inbox import InboxState
from upay_web.http.sign_in import router
from upay_web.pages.consumer.account import account
from upay_web.pages.consumer.home import home
from upay_web.pages.public.inbox import inbox
from upay_web.pages.public.not_found import not_found
from upay_web.pages.public.sign_in import code, sign_in
from fastapi import FastAPI

PAGES = (
    ("sign-in", sign_in, "sign_in.title", InboxState.load),
    ("sign-in/code", code, "sign_in.code_title", InboxState.load),
    ("inbox", inbox, "inbox.title", InboxState.watch),
    ("home", home, "common.home", None),
    ("account", account, "common.account_title", AccountState.load),
    ("404", not_found, "common.not_found_title", None),
)


def _title(key: str) -> rx.Var:
    return t(key)


def _fault(exception: Exception) -> rx.event.EventSpec:
    return rx.call_script("dispatchEvent(new Event('upay:fault'))")


api = FastAPI()
api.include_router(router)

app = rx.App(
    app_wraps={},
    toaster=None,
    html_lang="hi",
    stylesheets=["/tokens.css"],
    head_components=[rx.el.script(Path("assets/client/boot.js").read_text("utf-8"))],
    api_transformer=[api],
    backend_exception_handler=_fault,
)
for route, page, title, on_load in PAGES:
    app.add_page(page, route=route, title=_title(title), on_load=on_load)
