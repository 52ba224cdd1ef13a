"""What a page of a way in needs from the browser: passkeys, the code out of an SMS, and secrets that are shown once."""

from typing import Any

import reflex as rx

from components.controls import BUTTON, field
from components.icons import icon
from components.page import query, query_values
from components.text import t, t_code


class _PasskeyButton(rx.Component):
    library = "$/public/client/passkey"
    tag = "PasskeyButton"

    making: rx.Var[bool]
    next: rx.Var[str]
    stands: rx.Var[str]
    cancelled: rx.Var[str]


class _CodeFromSms(rx.Component):
    library = "$/public/client/webotp"
    tag = "CodeFromSms"

    field: rx.Var[str]


class _Secret(rx.Component):
    library = "$/public/client/secret"
    tag = "Secret"

    labels: rx.Var[dict[str, str]]
    link_class: rx.Var[str]


class _RecoveryCodes(rx.Component):
    library = "$/public/client/secret"
    tag = "RecoveryCodes"

    labels: rx.Var[dict[str, str]]
    button_class: rx.Var[str]


def passkey_button(label: Any, making: bool = False) -> rx.Component:
    """Signs in with a passkey, or makes one; shown where the browser can, its place kept. Below, what went wrong."""
    return rx.el.div(
        _PasskeyButton.create(
            icon("passkey", "size-5"),
            label,
            making=making,
            next=query("next"),
            stands="security.passkey_stands",
            cancelled="sign_in.passkey_cancelled",
            class_name=f"{BUTTON['quiet']} w-full",
        ),
        rx.el.p(
            error_at("passkey", "security"),
            role="alert",
            class_name="mt-2 text-[0.9375rem] font-semibold text-due empty:hidden",
        ),
        class_name="min-h-12",
    )


def code_from_sms() -> rx.Component:
    """Fills the field `code` from the SMS on phones that can. Draws nothing."""
    return _CodeFromSms.create(field="code")


def secret() -> rx.Component:
    """The secret of the authenticator app that is being set up."""
    labels = {"qr": t("security.qr"), "open": t("security.open_app"), "type": t("security.or_type")}
    return _Secret.create(labels=labels, link_class=f"{BUTTON['quiet']} w-full")


def recovery_codes() -> rx.Component:
    """A button that makes recovery codes and shows them."""
    labels = {"make": t("security.make_codes"), "copy": t("common.copy")}
    return _RecoveryCodes.create(labels=labels, button_class=f"{BUTTON['main']} w-full")


def error_at(name: str, *areas: str) -> Any:
    """What the page's address says is wrong at a field, "" for nothing."""
    said = t_code(query("e"), query_values(), "sign_in", *areas)
    return rx.cond(query("at") == name, said, "")


def error_here(*areas: str) -> Any:
    """What the page's address says is wrong, where there is one field alone."""
    return error_at("", *areas)


def code_field(error: Any) -> rx.Component:
    """Where a one-time code is typed, pasted or filled by the phone."""
    return field(
        "code",
        t("sign_in.code"),
        "",
        error,
        type="text",
        input_mode="numeric",
        auto_complete="one-time-code",
        auto_focus=True,
        max_length=20,
        class_name="text-center text-[1.75rem] font-semibold tracking-[0.35em]",
    )


def password_field(label: Any, hint: Any, error: Any, new: bool = False) -> rx.Component:
    """A password; the browser's own store may fill or propose it."""
    return field(
        "password",
        label,
        hint,
        error,
        type="password",
        auto_complete="new-password" if new else "current-password",
        max_length=128,
    )
