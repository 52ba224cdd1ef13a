"""Account: whose session this is, the connections on the list, who is linked to one's own, language, look, way out."""

import reflex as rx

from components.controls import button, link_button, post_form, segments
from components.icons import icon
from components.numbers import mobile
from components.shell import shell
from components.surface import card, heading, notice
from components.text import choose_language, language, t, t_code
from state.account import AccountState as Account
from upay_web.pages.consumer.account_links import links
from upay_web.pages.consumer.account_shared import shared


def account() -> rx.Component:
    """The connections first; on a desk the rest stands beside them."""
    return shell(
        _news(),
        rx.el.div(
            rx.el.div(links(), shared(), class_name="grid gap-3.5 lg:col-span-2 lg:gap-5"),
            rx.el.div(_person(), _more(), _language(), _theme(), class_name="grid gap-3.5 lg:gap-5"),
            class_name="grid gap-3.5 lg:grid-cols-3 lg:items-start lg:gap-5",
        ),
        here="/account",
        title=t("account.title"),
    )


def _news() -> rx.Component:
    """What was just done, and the way back from it."""
    back = button(t("account.undo"), weight="plain", type="button", on_click=Account.take_back)
    done = rx.match(
        Account.said,
        ("account.saved", t("account.saved")),
        ("account.changed", t("account.changed")),
        ("account.revoked", t("account.revoked")),
        ("account.removed", t("account.removed", name=Account.said_name)),
        "",
    )
    return rx.el.div(
        rx.cond(
            Account.said != "",
            notice(
                rx.el.div(
                    rx.el.span(done),
                    rx.cond(Account.undo != "", back),
                    class_name="flex min-h-11 flex-wrap items-center justify-between gap-x-4",
                ),
                tone="in",
                role="status",
            ),
        ),
        rx.cond(
            Account.problem != "",
            notice(t_code(Account.problem, Account.problem_params, "links", "accounts"), tone="due", role="alert"),
        ),
        class_name="grid gap-3 empty:hidden",
    )


def _person() -> rx.Component:
    return card(
        rx.el.p(
            rx.cond(Account.name != "", Account.name, t("common.account_signed_in_as")),
            class_name="text-soft",
        ),
        rx.el.p(mobile(Account.mobile), class_name="min-h-9 text-2xl font-semibold"),
        post_form(
            button(icon("leave", "size-5"), t("common.sign_out"), type="submit", weight="quiet"),
            action="/api/v1/sign-out",
            class_name="mt-5",
        ),
        link_button(
            t("looks.title"), icon("right", "size-4"), href="/account/looks", weight="plain", class_name="mt-3 -ms-3"
        ),
    )


def _more() -> rx.Component:
    return card(
        rx.el.nav(
            _place("/account/profile", "account", t("account.profile"), t("account.profile_help")),
            _place("/account/security", "lock", t("security.title"), t("account.security_help")),
            _place("/account/devices", "device", t("devices.title"), t("account.devices_help")),
            _place("/account/privacy", "shield", t("account.privacy"), t("account.privacy_help")),
            aria_label=t("account.more"),
            class_name="-my-2 grid divide-y divide-line",
        )
    )


def _place(address: str, drawn: str, name: rx.Var[str], remark: rx.Var[str]) -> rx.Component:
    return rx.el.a(
        icon(drawn, "size-6 text-act"),
        rx.el.span(
            rx.el.span(name, class_name="block font-semibold"),
            rx.el.span(remark, class_name="block text-sm text-soft"),
            class_name="min-w-0 flex-1",
        ),
        icon("right", "size-5 text-soft"),
        href=address,
        class_name="flex min-h-14 items-center gap-3 py-2.5 text-ink no-underline hover:bg-tint",
    )


def _language() -> rx.Component:
    options = (("hi", t("common.hindi")), ("en", t("common.english")))
    return card(heading(t("common.language")), segments(t("common.language"), options, language, choose_language))


def _theme() -> rx.Component:
    options = tuple((name, t(f"common.theme_{name}")) for name in ("system", "light", "dark"))
    chosen = rx.Var("rawColorMode", _var_data=rx.color_mode._get_all_var_data())
    return card(heading(t("common.theme")), segments(t("common.theme"), options, chosen, rx.style.set_color_mode))


def back_link() -> rx.Component:
    """The way back from the pages below the account."""
    return rx.el.div(
        link_button(icon("left", "size-4"), t("account.back"), href="/account", weight="plain", class_name="-ms-3"),
    )
