"""Account: who is signed in, language, look, and signing out."""

import reflex as rx

from components.controls import button, post_form, segments
from components.icons import icon
from components.numbers import mobile
from components.shell import shell
from components.surface import card, heading
from components.text import choose_language, language, t
from state.account import AccountState


def account() -> rx.Component:
    """Small cards: one column on a phone, two on a desk."""
    return shell(
        rx.el.div(
            _person(),
            rx.el.div(_language(), _theme(), class_name="grid gap-3.5 lg:gap-5"),
            class_name="grid gap-3.5 lg:max-w-[64rem] lg:grid-cols-2 lg:items-start lg:gap-5",
        ),
        here="/account",
        title=t("common.account_title"),
    )


def _person() -> rx.Component:
    return card(
        rx.el.p(
            rx.cond(AccountState.name != "", AccountState.name, t("common.account_signed_in_as")),
            class_name="text-soft",
        ),
        rx.el.p(mobile(AccountState.mobile), class_name="min-h-9 text-2xl font-semibold"),
        post_form(
            button(icon("leave", "size-5"), t("common.sign_out"), type="submit", weight="quiet"),
            action="/api/v1/sign-out",
            class_name="mt-5",
        ),
    )


def _language() -> rx.Component:
    options = (("hi", t("common.hindi")), ("en", t("common.english")))
    return card(heading(t("common.language")), segments(t("common.language"), options, language, choose_language))


def _theme() -> rx.Component:
    options = tuple((name, t(f"common.theme_{name}")) for name in ("system", "light", "dark"))
    chosen = rx.Var("rawColorMode", _var_data=rx.color_mode._get_all_var_data())
    return card(heading(t("common.theme")), segments(t("common.theme"), options, chosen, rx.style.set_color_mode))
