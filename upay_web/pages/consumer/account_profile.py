"""Profile: name, language of messages, e-mail, and which messages come by which channel."""

import reflex as rx

from components.choices import line_field, pick
from components.controls import button, field
from components.shell import shell
from components.surface import card, heading, notice, skeleton
from components.text import t, t_code
from state.profile import ProfileState as Profile
from upay.notices import Channel
from upay_web.pages.consumer.account import back_link

_KINDS = ("security", "links", "disconnection", "bill", "payment", "balance", "outage", "complaint", "advice")
_FIXED = ("security", "links", "disconnection")


def account_profile() -> rx.Component:
    """Two cards beside each other on a desk, the table of messages below them."""
    return shell(
        back_link(),
        rx.cond(Profile.saved, notice(t("account.saved"), tone="in", role="status"), rx.fragment()),
        rx.el.div(
            card(heading(t("account.profile")), rx.cond(Profile.loaded, _person(), skeleton("h-52 w-full"))),
            card(heading(t("account.email")), rx.cond(Profile.loaded, _email(), skeleton("h-52 w-full"))),
            card(_notices(), class_name="lg:col-span-2"),
            class_name="grid gap-3.5 lg:max-w-[64rem] lg:grid-cols-2 lg:items-start lg:gap-5",
        ),
        here="/account",
        title=t("account.profile"),
    )


def _person() -> rx.Component:
    languages = (("hi", t("common.hindi")), ("en", t("common.english")))
    return rx.el.form(
        line_field(
            "name",
            t("account.name"),
            t("account.name_hint"),
            default_value=Profile.name,
            max_length=60,
            auto_complete="name",
        ),
        pick("speaks", t("account.speaks"), languages, default_value=Profile.speaks),
        button(t("account.save"), type="submit"),
        on_submit=Profile.save,
        class_name="grid gap-4",
    )


def _email() -> rx.Component:
    error = t_code(Profile.problem, Profile.problem_params, "account", "sign_in")
    return rx.cond(
        Profile.waiting != "",
        rx.el.form(
            rx.el.p(
                t("account.email_code_lead", email=Profile.waiting, minutes=Profile.minutes),
                class_name="break-words text-soft",
            ),
            field(
                "code",
                t("account.email_code"),
                "",
                error,
                type="text",
                input_mode="numeric",
                auto_complete="one-time-code",
                auto_focus=True,
                max_length=12,
                class_name="text-center text-[1.75rem] font-semibold tracking-[0.35em]",
            ),
            button(t("account.email_confirm"), type="submit"),
            button(t("account.cancel"), type="button", weight="plain", on_click=Profile.forget_code),
            on_submit=Profile.confirm_email,
            class_name="grid gap-4",
        ),
        rx.el.form(
            rx.cond(
                Profile.email != "",
                rx.el.div(
                    rx.el.p(t("account.email_verified", email=Profile.email), class_name="break-words text-in"),
                    button(
                        t("account.email_remove"),
                        type="button",
                        weight="plain",
                        on_click=Profile.remove_email,
                        class_name="-ms-3",
                    ),
                ),
                rx.el.p(t("account.email_none"), class_name="text-soft"),
            ),
            field(
                "email",
                t("account.email"),
                t("account.email_hint"),
                error,
                type="email",
                input_mode="email",
                auto_complete="email",
                max_length=254,
            ),
            button(t("account.email_send"), type="submit", weight="quiet"),
            on_submit=Profile.send_email_code,
            no_validate=True,
            class_name="grid gap-4",
        ),
    )


def _notices() -> rx.Component:
    return rx.fragment(
        heading(t("account.notices")),
        rx.el.p(
            t("account.notices_help"),
            rx.cond(Profile.loaded & (Profile.email == ""), rx.fragment(" ", t("account.notices_email"))),
            class_name="-mt-2 mb-2 text-[0.9375rem] text-soft",
        ),
        rx.cond(
            Profile.loaded,
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th(t("account.kind"), scope="col", class_name="py-2 text-start text-sm text-soft"),
                        *(
                            rx.el.th(t(f"notices.channel_{channel}"), scope="col", class_name="w-20 text-sm text-soft")
                            for channel in Channel
                        ),
                    )
                ),
                rx.el.tbody(rx.foreach(Profile.rows, _row)),
                class_name="w-full border-collapse",
            ),
            skeleton("h-80 w-full"),
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    name = rx.match(row["kind"], *((kind, t(f"notices.kind_{kind}")) for kind in _KINDS), "")
    why = rx.match(row["kind"], *((kind, t(f"notices.why_{kind}")) for kind in _FIXED), "")
    return rx.el.tr(
        rx.el.th(
            name,
            rx.el.span(why, class_name="block text-sm font-normal text-soft empty:hidden"),
            scope="row",
            class_name="py-2 pe-2 text-start font-normal leading-snug",
        ),
        *(_box(row, name, channel) for channel in Channel),
        class_name="border-t border-line",
    )


def _box(row: rx.Var, name: rx.Var, channel: Channel) -> rx.Component:
    fixed = row["fixed"].to(dict[str, bool])[channel.value]
    off = fixed | ((Profile.email == "") if channel is Channel.EMAIL else False)
    return rx.el.td(
        rx.el.label(
            rx.el.span(
                t("account.notice_by", kind=name, channel=t(f"notices.channel_{channel}")), class_name="sr-only"
            ),
            rx.el.input(
                type="checkbox",
                checked=row["on"].to(dict[str, bool])[channel.value],
                disabled=off,
                on_change=lambda wanted: Profile.choose(row["kind"], channel.value, wanted),
                class_name="size-6 cursor-pointer accent-act disabled:cursor-not-allowed",
            ),
            class_name="grid min-h-11 place-items-center",
        )
    )
