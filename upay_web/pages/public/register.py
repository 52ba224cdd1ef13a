"""Registering: by mobile number, then a name; or by consumer number, then a user name and a password."""

import reflex as rx

from components.controls import button, field, post_form
from components.entry import error_here
from components.page import query
from components.text import choose_language, language, t
from upay_web.pages.public.entry import carried, code_step, demo_link, frame, notice, other_ways
from upay_web.pages.public.sign_in import mobile_form


def register() -> rx.Component:
    """The first step: which number."""
    return frame(
        t("register.title"),
        t("register.lead"),
        mobile_form("/api/v1/sign-in/code"),
        notice(),
        other_ways((t("register.by_account"), "/register/account"), (t("register.to_sign_in"), "/sign-in")),
        demo_link(),
    )


def account() -> rx.Component:
    """The first step: which consumer number."""
    return frame(
        t("register.account_title"),
        t("register.account_lead"),
        post_form(
            carried(),
            field(
                "number",
                t("register.number"),
                t("register.number_hint"),
                error_here("accounts"),
                type="text",
                input_mode="numeric",
                auto_complete="off",
                auto_focus=True,
                max_length=30,
                data_keep="number",
            ),
            button(t("sign_in.send"), type="submit", class_name="w-full"),
            action="/api/v1/register/account/code",
            class_name="grid gap-5",
        ),
        notice(),
        other_ways((t("register.by_mobile"), "/register"), (t("register.to_sign_in"), "/sign-in")),
        demo_link(),
    )


def account_code() -> rx.Component:
    """The second step: the code, which went to the registered mobile, if there is one."""
    return code_step(
        t("sign_in.code_title"),
        "/api/v1/register/account/verify",
        "/api/v1/register/account/code",
        "/register/account",
        t("register.other_number"),
        lead=t("register.code_lead", ending=query("ending"), minutes=query("minutes")),
    )


def name() -> rx.Component:
    """The last step: what the person is called, and in which language messages come."""
    return frame(
        t("register.name_title"),
        t("register.name_lead"),
        post_form(
            rx.el.input(type="hidden", name="next", value=query("next"), read_only=True),
            field(
                "name",
                t("register.name"),
                "",
                error_here("register"),
                type="text",
                auto_complete="name",
                auto_focus=True,
                max_length=60,
            ),
            rx.el.fieldset(
                rx.el.legend(t("register.language"), class_name="mb-2 font-semibold"),
                rx.el.div(
                    *(_language(code, t(f"common.{word}")) for code, word in (("hi", "hindi"), ("en", "english"))),
                    class_name="grid grid-cols-2 gap-3",
                ),
            ),
            button(t("sign_in.verify"), type="submit", class_name="w-full"),
            action="/api/v1/register/name",
            class_name="grid gap-5",
        ),
    )


def _language(code: str, label: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="language",
            value=code,
            checked=language == code,
            on_change=choose_language(code),
            class_name="size-5 accent-[var(--act)]",
        ),
        label,
        class_name="flex min-h-13 cursor-pointer items-center gap-3 rounded-2xl border-2 border-edge px-4 "
        "has-checked:border-act has-checked:bg-act-tint",
    )
