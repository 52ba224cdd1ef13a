"""Proving again who one is, choosing a password, and changing the mobile number: one question a page."""

from typing import Any

import reflex as rx

from components.controls import button, field, post_form
from components.entry import code_field, error_at, error_here, passkey_button, password_field
from components.numbers import mobile
from components.page import query
from components.shell import shell
from components.surface import card, heading
from components.text import t
from state.account import AccountState
from state.security import SecurityState
from upay_web.pages.public.entry import carried, code_step, demo_link
from upay_web.pages.public.sign_in import mobile_form


def confirm() -> rx.Component:
    """Before something weighty is changed: a code, the password or a passkey, once more."""
    return _page(
        t("security.confirm_title"),
        rx.el.p(t("security.confirm_lead"), class_name="mb-5 text-soft"),
        rx.cond(
            query("sent") != "",
            post_form(
                carried("sent"),
                code_field(error_at("code")),
                button(t("sign_in.verify"), type="submit", class_name="w-full"),
                action="/api/v1/confirm/verify",
                class_name="grid gap-5",
            ),
            post_form(
                carried(),
                rx.el.p(error_at("code"), role="alert", class_name="font-semibold text-due empty:hidden"),
                button(t("sign_in.send"), type="submit", class_name="w-full"),
                action="/api/v1/confirm/code",
                class_name="grid gap-3",
            ),
        ),
        rx.el.div(passkey_button(t("security.confirm_passkey")), class_name="mt-3"),
        rx.cond(
            SecurityState.has_password,
            post_form(
                carried(),
                password_field(t("sign_in.password"), "", error_at("password")),
                button(t("security.confirm_password"), type="submit", weight="quiet", class_name="w-full"),
                action="/api/v1/confirm/password",
                class_name="mt-5 grid gap-4 border-t border-line pt-5",
            ),
            rx.fragment(),
        ),
        demo_link(),
    )


def password() -> rx.Component:
    """A user name and a password: the first, or another."""
    return _page(
        t("security.password"),
        post_form(
            carried(),
            field(
                "name",
                t("sign_in.user_name"),
                t("sign_in.user_name_hint"),
                error_at("name"),
                type="text",
                auto_complete="username",
                auto_capitalize="none",
                spell_check=False,
                default_value=SecurityState.user_name,
                key=SecurityState.user_name,
                max_length=60,
                data_keep="user-name",
            ),
            password_field(t("sign_in.new_password"), t("sign_in.new_password_hint"), error_at("password"), new=True),
            button(t("sign_in.save"), type="submit", class_name="w-full"),
            action="/api/v1/account/password",
            class_name="grid gap-5",
        ),
    )


def change() -> rx.Component:
    """Another mobile number: first a code to the one that is."""
    return _page(
        t("security.mobile_change"),
        rx.el.p(t("security.mobile_lead", number=mobile(AccountState.mobile)), class_name="mb-5 min-h-12 text-soft"),
        rx.el.p(error_here("security"), role="alert", class_name="mb-4 font-semibold text-due empty:hidden"),
        post_form(
            button(t("security.mobile_old"), type="submit", class_name="w-full"), action="/api/v1/account/mobile/old"
        ),
    )


def old_code() -> rx.Component:
    """The code of the number that is."""
    here = "/api/v1/account/mobile/old"
    return code_step(t("security.mobile_old_code"), f"{here}/verify", here, "/account/mobile", t("security.back"))


def new_mobile() -> rx.Component:
    """Which number is to be."""
    return _page(t("security.mobile_new"), mobile_form("/api/v1/account/mobile/new", "security"), demo_link())


def new_code() -> rx.Component:
    """The code of the number that is to be."""
    here = "/api/v1/account/mobile/new"
    return code_step(
        t("security.mobile_new_code"), f"{here}/verify", here, "/account/mobile/new", t("sign_in.other_number")
    )


def _page(title: Any, *children: rx.Component) -> rx.Component:
    return shell(
        card(heading(title), *children, class_name="w-full lg:max-w-[32rem]"), here="/account", title=title
    )
