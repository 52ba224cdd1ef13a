"""What opens the account: password, passkeys, authenticator app, recovery codes; and the way to each change."""

from typing import Any

import reflex as rx

from components.controls import button, link_button, post_form
from components.entry import code_field, error_here, passkey_button, recovery_codes, secret
from components.icons import icon
from components.numbers import ago
from components.page import query, query_address
from components.shell import shell
from components.surface import card, heading, notice, skeleton
from components.text import t
from state.security import Key, SecurityState

_GRID = "grid gap-3.5 lg:max-w-[64rem] lg:grid-cols-2 lg:items-start lg:gap-5"


def security() -> rx.Component:
    """Small cards, one for each way in."""
    return shell(
        _news(),
        rx.el.div(
            rx.el.div(_password(), _elsewhere(), class_name="grid gap-3.5 lg:gap-5"),
            rx.el.div(_passkeys(), _app(), class_name="grid gap-3.5 lg:gap-5"),
            class_name=_GRID,
        ),
        here="/account",
        title=t("security.title"),
    )


def authenticator() -> rx.Component:
    """Setting up an authenticator app: scan, or open, or type; then a first code of it."""
    return shell(
        card(
            heading(t("security.app_title")),
            rx.el.ol(
                rx.el.li(t("security.app_step_1")),
                rx.el.li(t("security.app_step_2"), rx.el.div(secret(), class_name="my-4")),
                rx.el.li(t("security.app_step_3")),
                class_name="grid list-decimal gap-2 ps-5",
            ),
            _first_code(),
            class_name="lg:max-w-[32rem]",
        ),
        here="/account",
        title=t("security.app_title"),
    )


def recovery() -> rx.Component:
    """Recovery codes, shown once."""
    return shell(
        card(
            heading(t("security.codes_title")),
            rx.el.p(t("security.codes_lead"), class_name="mb-5 text-soft"),
            recovery_codes(),
            link_button(
                t("security.codes_done"),
                href=rx.cond(query("next") != "", query_address("next"), "/account/security"),
                weight="plain",
                leaves=True,
                class_name="mt-3 w-full",
            ),
            class_name="lg:max-w-[32rem]",
        ),
        here="/account",
        title=t("security.codes_title"),
    )


def _news() -> rx.Component:
    """What has just been done, or what is missing."""
    done = query("done")
    return rx.fragment(
        rx.match(
            done,
            *((what, notice(t(f"security.done_{what}"), tone="in", role="status")) for what in _DONE),
            rx.fragment(),
        ),
        rx.match(
            query("e"),
            *((f"security.{what}", notice(t(f"security.{what}"), tone="due", role="alert")) for what in _WRONG),
            rx.fragment(),
        ),
    )


_DONE = ("password", "passkey", "removed", "mobile")
_WRONG = ("second_needed", "authenticator_stands", "authenticator_gone")


def _password() -> rx.Component:
    return card(
        heading(t("security.password")),
        rx.el.p(
            rx.cond(
                SecurityState.has_password,
                t("security.password_as", name=SecurityState.user_name),
                t("security.password_none"),
            ),
            class_name="mb-4 min-h-6 text-soft",
        ),
        link_button(
            rx.cond(SecurityState.has_password, t("security.password_change"), t("security.password_choose")),
            href="/account/password",
            weight="quiet",
        ),
    )


def _elsewhere() -> rx.Component:
    return card(
        rx.el.ul(
            _way("device", t("devices.title"), "/account/devices"),
            _way("message", t("security.mobile_change"), "/account/mobile"),
            class_name="grid",
        )
    )


def _way(drawn: str, text: Any, href: str) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            icon(drawn, "size-5"),
            rx.el.span(text, class_name="flex-1"),
            icon("right", "size-5"),
            href=href,
            class_name="flex min-h-12 items-center gap-3 font-semibold text-act no-underline",
        )
    )


def _passkeys() -> rx.Component:
    return card(
        heading(t("security.passkeys")),
        rx.el.p(t("security.passkeys_lead"), class_name="mb-4 text-soft"),
        rx.cond(
            SecurityState.loaded,
            rx.el.ul(rx.foreach(SecurityState.keys, _key), class_name="mb-4 grid gap-3 empty:hidden"),
            skeleton("h-12 w-full mb-4"),
        ),
        passkey_button(t("security.passkey_add"), making=True),
    )


def _key(key: rx.Var[Key]) -> rx.Component:
    path = "/api/v1/passkeys/" + key["id"].to_string()
    return rx.el.li(
        post_form(
            rx.el.input(
                name="name",
                default_value=key["name"],
                aria_label=t("security.passkey_name"),
                max_length=40,
                class_name="min-h-11 w-full min-w-0 rounded-xl border-2 border-line bg-card px-3 focus:border-edge",
            ),
            button(t("security.rename"), type="submit", weight="plain"),
            action=path + "/rename",
            class_name="flex gap-1",
        ),
        rx.el.div(
            rx.el.span(
                rx.cond(
                    key["used_s"] > 0,
                    t("security.passkey_used", at=ago(key["used_s"])),
                    t("security.passkey_unused"),
                ),
                class_name="text-sm text-soft",
            ),
            post_form(button(t("security.remove"), type="submit", weight="plain"), action=path + "/remove"),
            class_name="flex items-center justify-between gap-3",
        ),
        key=key["id"].to_string(),
        class_name="border-b border-line pb-2",
    )


def _app() -> rx.Component:
    begin = "/api/v1/account/authenticator/begin"
    return card(
        heading(t("security.app_title")),
        rx.el.p(
            rx.cond(SecurityState.has_app, t("security.app_on"), t("security.app_lead")), class_name="mb-4 text-soft"
        ),
        rx.cond(
            SecurityState.has_app,
            rx.el.div(
                rx.el.p(t("security.codes_left", count=SecurityState.codes_left), class_name="mb-3"),
                rx.el.div(
                    link_button(t("security.make_codes"), href="/account/recovery", weight="quiet"),
                    post_form(
                        button(t("security.app_remove"), type="submit", weight="plain"),
                        action="/api/v1/account/authenticator/remove",
                    ),
                    class_name="flex flex-wrap gap-2",
                ),
            ),
            post_form(
                rx.el.input(type="hidden", name="next", value=query("next"), read_only=True),
                button(t("security.app_begin"), type="submit", weight="quiet"),
                action=begin,
            ),
        ),
    )


def _first_code() -> rx.Component:
    return post_form(
        rx.el.input(type="hidden", name="next", value=query("next"), read_only=True),
        code_field(error_here("security")),
        button(t("security.app_confirm"), type="submit", class_name="w-full"),
        action="/api/v1/account/authenticator/confirm",
        class_name="mt-6 grid gap-5",
    )
