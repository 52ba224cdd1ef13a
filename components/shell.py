"""The frame around every page: skip link, header, the way about, the news of the connection, and the page itself."""

import json
from typing import Any

import reflex as rx
from reflex.constants import Hooks, Imports
from reflex.vars import VarData

from components.controls import icon_button, plain_link
from components.icons import icon
from components.script import expression
from components.surface import notice
from components.text import language, switch_language, t
from upay.accounts import Permission

PLACES = (
    ("/home", "home", "common.home"),
    ("/usage", "usage", "common.usage"),
    ("/bills", "bill", "bills.title"),
    ("/account", "account", "common.account"),
)
"""The main places: address, icon, key of the name. Only what exists."""

DESK_PLACES: tuple[tuple[str, str, str, Permission | None], ...] = (
    ("/desk", "desk", "staff.desk", None),
    ("/desk/consumers", "search", "staff.consumers", Permission.SEE_CONSUMERS),
    ("/desk/mobiles", "message", "mobiles.title", Permission.SEE_UNVERIFIED),
    ("/desk/tariffs", "rupee", "tariff.desk_title", Permission.SEE_TARIFFS),
    ("/desk/staff", "people", "staff.title", Permission.SEE_STAFF),
    ("/desk/audit", "ledger", "audit.title", Permission.SEE_AUDIT),
    ("/desk/billing", "bill", "billing.desk_place", Permission.SEE_BILLING),
    ("/account", "account", "common.account", None),
)
"""The places of the desk: address, icon, key of the name, and the permission that opens it."""

_connection = expression(
    "connection",
    VarData(
        imports={**Imports.CONNECT_ERRORS, "$/public/client/page": "useConnection"},
        hooks={Hooks.CONNECT_ERRORS: None, "const connection = useConnection(connectErrors)": None},
    ),
)
_fault = expression(
    "fault", VarData(imports={"$/public/client/page": "useFault"}, hooks={"const fault = useFault()": None}), kind=bool
)


_DESK = VarData(imports={"$/public/client/desk": "useDesk"}, hooks={"const desk = useDesk()": None})
_SIDE = "sticky top-0 hidden h-dvh overflow-y-auto border-e border-line bg-card px-3 py-5 lg:block"


def shell(*children: Any, here: str, title: Any, switcher: rx.Component | None = None) -> rx.Component:
    """A signed-in page: bottom menu on a phone, side menu from 1024 px on, where the content uses the width.

    here: the page's address, marked in the menu.  title: its first heading.  switcher: the choice of a connection.
    """
    heading = rx.el.h1(
        title, class_name="sr-only lg:not-sr-only lg:text-[1.75rem] lg:font-semibold lg:leading-tight"
    )
    head = (heading, rx.el.div(switcher or _brand("lg:hidden"), class_name="flex min-w-0 flex-1 lg:justify-end"))
    return rx.fragment(
        _skip_link(),
        _beside(_side_menu(here), _page(head, children, "max-w-[40rem] lg:max-w-[84rem]", "pb-28")),
        _bottom_menu(here),
    )


def desk_shell(*children: Any, here: str, title: Any, switcher: rx.Component | None = None) -> rx.Component:
    """A page for staff, as `shell`, but as wide as the screen. The menu, folded on a phone, shows what roles open."""
    heading = rx.el.h1(title, class_name="text-xl font-semibold leading-tight lg:text-[1.75rem]")
    head = (rx.el.div(heading, class_name="min-w-0 flex-1"), switcher or rx.fragment())
    return rx.fragment(
        _skip_link(),
        _beside(
            rx.el.div(_desk_side_menu(here), _desk_folded_menu(here)), _page(head, children, "max-w-[96rem]", "pb-10")
        ),
    )


def plain_shell(*children: Any) -> rx.Component:
    """A page for people not signed in: the brand, language and look, and one narrow column."""
    return rx.fragment(
        _skip_link(),
        rx.el.header(
            _brand(),
            rx.el.div(class_name="flex-1"),
            _language_button(),
            _theme_button(),
            class_name="mx-auto flex w-full max-w-[64rem] items-center gap-2 px-4 py-3 sm:px-6",
        ),
        rx.el.main(
            news(),
            *children,
            id="content",
            tab_index=-1,
            class_name="mx-auto grid w-full max-w-[64rem] gap-4 px-4 pb-12 outline-none sm:px-6",
        ),
    )


def _beside(menu: rx.Component, page: rx.Component) -> rx.Component:
    return rx.el.div(menu, page, class_name="lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]")


def _page(head: tuple[rx.Component, ...], children: tuple[Any, ...], width: str, below: str) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            *head, _language_button(), _theme_button(), class_name="flex items-center gap-2 py-3 lg:gap-3 lg:py-6"
        ),
        rx.el.main(
            news(),
            *children,
            id="content",
            tab_index=-1,
            class_name=f"grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3.5 outline-none lg:gap-5 {below} lg:pb-10",
        ),
        class_name=f"mx-auto w-full px-3.5 sm:px-6 lg:px-10 {width}",
    )


def news() -> rx.Component:
    """Says when the server cannot be reached, when it can again, and when it failed."""
    return rx.el.div(
        rx.match(
            _connection,
            ("lost", notice(t("common.lost"), tone="sun", role="status")),
            ("regained", notice(t("common.regained"), tone="in", role="status")),
            rx.fragment(),
        ),
        rx.cond(_fault, notice(t("common.unexpected"), tone="due", role="alert"), rx.fragment()),
        class_name="grid gap-3 empty:hidden",
    )


def _skip_link() -> rx.Component:
    return plain_link(
        t("common.skip"),
        href="#content",
        class_name="sr-only focus:not-sr-only focus:fixed focus:left-3 focus:top-3 focus:z-50 focus:rounded-2xl "
        "focus:bg-act focus:px-5 focus:py-3 focus:font-semibold focus:text-on-act",
    )


def _brand(class_name: str = "", href: str = "/") -> rx.Component:
    return plain_link(*_mark(), href=href, class_name=f"{_BRAND} text-ink no-underline {class_name}")


_BRAND = "inline-flex min-h-11 items-center gap-2.5"


def _mark() -> tuple[rx.Component, rx.Component]:
    return (
        rx.el.span(
            icon("bolt", "size-5"), class_name="grid size-9 place-items-center rounded-xl bg-sun text-[#1e1b16]"
        ),
        rx.el.span("UPAY", class_name="text-xl font-semibold tracking-wide"),
    )


def _language_button() -> rx.Component:
    other = t("common.other_language")
    return rx.el.button(
        other,
        type="button",
        title=t("common.switch_language"),
        on_click=switch_language(),
        lang=rx.cond(language == "en", "hi", "en"),
        class_name="min-h-11 cursor-pointer rounded-full border border-line bg-card px-4 text-[0.9375rem] "
        "font-semibold hover:bg-tint",
    )


def _theme_button() -> rx.Component:
    return rx.color_mode_cond(
        light=icon_button(icon("moon", "size-5"), t("common.to_dark"), on_click=rx.toggle_color_mode),
        dark=icon_button(icon("sun", "size-5"), t("common.to_light"), on_click=rx.toggle_color_mode),
    )


def _side_menu(here: str) -> rx.Component:
    return rx.el.nav(
        _brand("px-3"),
        rx.el.ul(
            *(rx.el.li(_place(address, drawn, key, here)) for address, drawn, key in PLACES),
            class_name="mt-6 grid gap-1",
        ),
        aria_label=t("common.menu"),
        class_name=_SIDE,
    )


def _desk_side_menu(here: str) -> rx.Component:
    return rx.el.nav(
        _brand("px-3", "/desk"), _desk_places(here, "mt-6"), aria_label=t("staff.menu"), class_name=_SIDE
    )


def _desk_folded_menu(here: str) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.el.span(*_mark(), class_name=_BRAND),
            rx.el.span(t("common.menu"), icon("down", "size-5"), class_name="flex items-center gap-1.5 font-semibold"),
            class_name="flex min-h-14 cursor-pointer list-none items-center justify-between px-3.5 sm:px-6",
        ),
        rx.el.nav(_desk_places(here, "px-2 pb-3"), aria_label=t("staff.menu")),
        class_name="border-b border-line bg-card lg:hidden",
    )


def _desk_places(here: str, class_name: str) -> rx.Component:
    return rx.el.ul(
        *(if_open(permission, rx.el.li(_place(*place, here))) for *place, permission in DESK_PLACES),
        class_name=f"grid gap-1 {class_name}",
    )


def if_open(permission: Permission | None, place: rx.Component) -> rx.Component:
    """The component, where a role of the member of staff opens the permission (None: always)."""
    if permission is None:
        return place
    opens = expression(f"desk.permissions.includes({json.dumps(permission)})", _DESK, kind=bool)
    return rx.cond(opens, place, rx.fragment())


def _place(address: str, drawn: str, key: str, here: str) -> rx.Component:
    return rx.el.a(
        icon(drawn, "size-5"),
        t(key),
        href=address,
        aria_current="page" if address == here else "false",
        class_name="flex min-h-11 items-center gap-3 rounded-xl px-3 text-ink no-underline "
        "hover:bg-tint aria-[current=page]:bg-tint aria-[current=page]:font-semibold",
    )


def _bottom_menu(here: str) -> rx.Component:
    return rx.el.nav(
        rx.el.ul(
            *(
                rx.el.li(
                    rx.el.a(
                        icon(drawn, "size-6"),
                        t(key),
                        href=address,
                        aria_current="page" if address == here else "false",
                        class_name="flex min-h-14 flex-col items-center justify-center gap-0.5 text-[0.8125rem] "
                        "leading-tight text-soft no-underline aria-[current=page]:font-semibold "
                        "aria-[current=page]:text-act",
                    )
                )
                for address, drawn, key in PLACES
            ),
            class_name="mx-auto grid max-w-[40rem] auto-cols-fr grid-flow-col",
        ),
        aria_label=t("common.menu"),
        class_name="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-card pb-[env(safe-area-inset-bottom)] "
        "lg:hidden",
    )
