"""The web application, put together: the pages, and what is mounted beside them."""

import reflex as rx
import structlog

from components.head import head
from components.text import t
from upay.settings import settings
from upay_web.http.app import api, layers
from upay_web.http.pages import page_addresses
from upay_web.last_seen import keeping_last_seen
from upay_web.pages.table import PAGES

log = structlog.get_logger()


def say_fault(exception: Exception) -> rx.event.EventSpec:
    """A fault of ours in a handler: into the log in full, and a sentence on the page."""
    log.error("handler.failed", exc_info=exception)
    return rx.call_script("dispatchEvent(new Event('upay:fault'))")


closed = {page.address for page in PAGES if page.demo_only and not settings().demo}

app = rx.App(
    # No toaster and no default overlay: they alone would bring Radix to every phone. The shell says the news.
    app_wraps={},
    toaster=None,
    html_lang="hi",
    stylesheets=["/tokens.css"],
    head_components=head(),
    api_transformer=[api, *layers, page_addresses({page.address for page in PAGES} - closed, closed)],
    backend_exception_handler=say_fault,
)
app.register_lifespan_task(keeping_last_seen)
for page in PAGES:
    app.add_page(page.content, route=page.address, title=t(page.title), on_load=page.on_load)
