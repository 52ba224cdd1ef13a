"""Signing in: by number and code, by user name and password, by passkey; the second factor; a forgotten password."""

import reflex as rx

from components.controls import button, field, post_form
from components.entry import error_at, error_here, passkey_button, password_field
from components.text import t
from upay_web.pages.public.entry import carried, code_step, demo_link, frame, notice, other_ways


def sign_in() -> rx.Component:
    """The first step: which number."""
    return frame(
        t("sign_in.title"),
        t("sign_in.lead"),
        mobile_form("/api/v1/sign-in/code"),
        rx.el.div(passkey_button(t("sign_in.by_passkey")), class_name="mt-3"),
        notice(),
        other_ways(
            (t("sign_in.by_password"), "/sign-in/password"),
            (t("sign_in.to_register"), "/register"),
            (t("tariff.would_pay_title"), "/what-would-i-pay"),
        ),
        demo_link(),
    )


def code() -> rx.Component:
    """The second step: the code that was sent."""
    return code_step(
        t("sign_in.code_title"),
        "/api/v1/sign-in/verify",
        "/api/v1/sign-in/code",
        "/sign-in",
        t("sign_in.other_number"),
    )


def password() -> rx.Component:
    """User name and password."""
    return frame(
        t("sign_in.password_title"),
        t("sign_in.password_lead"),
        post_form(
            carried(),
            field(
                "name",
                t("sign_in.name"),
                t("sign_in.name_hint"),
                error_at("name"),
                type="text",
                auto_complete="username webauthn",
                auto_capitalize="none",
                spell_check=False,
                auto_focus=True,
                max_length=60,
                data_keep="name",
            ),
            password_field(t("sign_in.password"), "", error_at("password")),
            button(t("sign_in.title"), type="submit", class_name="w-full"),
            action="/api/v1/sign-in/password",
            class_name="grid gap-5",
        ),
        rx.el.div(passkey_button(t("sign_in.by_passkey")), class_name="mt-3"),
        other_ways((t("sign_in.forgotten"), "/reset"), (t("sign_in.by_code"), "/sign-in")),
    )


def second() -> rx.Component:
    """The second factor: a code of the app, a recovery code, or a passkey."""
    return frame(
        t("sign_in.second_title"),
        t("sign_in.second_lead"),
        post_form(
            carried(),
            field(
                "code",
                t("sign_in.second_code"),
                t("sign_in.second_hint"),
                error_here(),
                type="text",
                auto_complete="one-time-code",
                auto_capitalize="characters",
                spell_check=False,
                auto_focus=True,
                max_length=20,
            ),
            button(t("sign_in.verify"), type="submit", class_name="w-full"),
            action="/api/v1/sign-in/second",
            class_name="grid gap-5",
        ),
        rx.el.div(passkey_button(t("sign_in.by_passkey")), class_name="mt-3"),
        demo_link(),
    )


def reset() -> rx.Component:
    """A forgotten password: which number."""
    return frame(
        t("sign_in.reset_title"),
        t("sign_in.reset_lead"),
        mobile_form("/api/v1/reset/code"),
        notice(),
        other_ways((t("sign_in.by_password"), "/sign-in/password")),
        demo_link(),
    )


def reset_code() -> rx.Component:
    """A forgotten password: the code that was sent."""
    return code_step(
        t("sign_in.code_title"), "/api/v1/reset/verify", "/api/v1/reset/code", "/reset", t("sign_in.other_number")
    )


def mobile_form(action: str, *areas: str) -> rx.Component:
    """One field for a mobile number. areas: what else may be wrong with it."""
    return post_form(
        carried(),
        field(
            "mobile",
            t("sign_in.mobile"),
            t("sign_in.mobile_hint"),
            error_here(*areas),
            type="tel",
            input_mode="tel",
            auto_complete="tel",
            auto_focus=True,
            data_keep="mobile",
        ),
        button(t("sign_in.send"), type="submit", class_name="w-full"),
        action=action,
        class_name="grid gap-5",
    )
