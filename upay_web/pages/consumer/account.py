"""Account: who is signed in, language, look, and signing out."""
import reflex as rx

from components.controls import button, post_form, segments
from components.icons import icon
from components.shell import shell
from components.surface import card, heading
from components.text import choose_language, language, t
from state.account import AccountState


def account() -> rx.Component:
    """One column of small cards."""
    return shell(
        rx.el.div(_person(), _language(), _theme(), class_name="grid gap-3.5 lg:max-w-[40rem]"),
        here="/account",
        title=t("common.account_title"),
    )


def _person() -> rx.Component:
    return card(
        rx.el.p(t("common.account_signed_in_as"), class_name="text-sm text-soft"),
        rx.el.p(AccountState.mobile, class_name="min-h-8 text-2xl font-semibold"),
        rx.el.p(AccountState.name, class_name="min-h-6"),
        post_form(
            button(icon("leave", "size-5"), t("common.sign_out"), type="submit", weight="quiet"),
            action="/api/v1/sign-out",
            class_name="mt-4",
        ),
    )


def _language() -> rx.Component:
    options = (("hi", t("common.hindi")), ("en", t("common.english")))
    return card(heading(t("common.language")), segments(t("common.language"), options, language, choose_language))


def _theme() -> rx.Component:
    options = tuple((name, t(f"common.theme_{name}")) for name in ("system", "light", "dark"))
    chosen = rx.Var("rawColorMode", _var_data=rx.color_mode._get_all_var_data())
    return card(heading(t("common.theme")), segments(t("common.theme"), options, chosen, rx.style.set_color_mode))
