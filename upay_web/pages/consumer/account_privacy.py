"""A person's own data: what they agreed to, who of the staff looked, a copy of it all, and being erased."""

import reflex as rx

from components.controls import button, field, link_button
from components.icons import icon
from components.numbers import date_text, number
from components.rights import rights_list
from components.shell import shell
from components.surface import card, heading, notice, skeleton
from components.text import t, t_code
from state.privacy import PrivacyState as Privacy
from upay.consent import Purpose
from upay_web.pages.consumer.account import back_link

_TOO_MANY = "privacy.too_many_exports"


def account_privacy() -> rx.Component:
    """Cards, the gravest last."""
    return shell(
        back_link(),
        rx.match(
            Privacy.said,
            ("account.withdrawn", notice(t("account.withdrawn"), tone="in", role="status")),
            ("account.erase_undone", notice(t("account.erase_undone"), tone="in", role="status")),
            rx.fragment(),
        ),
        rx.el.div(
            card(heading(t("account.consents")), rx.cond(Privacy.loaded, _consents(), skeleton("h-40 w-full"))),
            rx.el.div(
                card(heading(t("account.copy_title")), rx.cond(Privacy.loaded, _copy(), skeleton("h-40 w-full"))),
                card(heading(t("account.erase_title")), rx.cond(Privacy.loaded, _erase(), skeleton("h-72 w-full"))),
                class_name="grid gap-3.5 lg:gap-5",
            ),
            class_name="grid gap-3.5 lg:max-w-[72rem] lg:grid-cols-2 lg:items-start lg:gap-5",
        ),
        here="/account",
        title=t("account.privacy"),
    )


def _consents() -> rx.Component:
    return rx.cond(
        Privacy.consents,
        rx.el.ul(rx.foreach(Privacy.consents, _consent), class_name="grid divide-y divide-line"),
        rx.el.p(t("account.consents_none"), class_name="text-soft"),
    )


def _consent(row: rx.Var) -> rx.Component:
    purpose = rx.match(row["purpose"], *((each.value, t(f"account.purpose_{each}")) for each in Purpose), "")
    told = rx.match(row["purpose"], *((each.value, t(f"consent.{each}_1")) for each in Purpose), "")
    return rx.el.li(
        rx.el.h3(purpose, class_name="font-semibold"),
        rx.cond(
            row["shown"] != "",
            rx.el.div(
                rx.el.p(rx.cond(row["receiver"] != "", row["receiver"], t("account.nameless")), " · ", row["shown"]),
                rights_list(row["rights"]),
            ),
            rx.fragment(),
        ),
        rx.el.p(told, class_name="mt-1 text-[0.9375rem] text-soft"),
        rx.el.p(
            t("account.agreed_on", day=date_text(row["given_on"], "long"), version=row["version"]),
            rx.cond(
                row["withdrawn_on"] != "",
                rx.fragment(" · ", t("account.withdrawn_on", day=date_text(row["withdrawn_on"], "long"))),
            ),
            class_name="mt-1 text-sm text-soft",
        ),
        rx.cond(
            row["may_end"],
            button(
                t("account.withdraw"),
                type="button",
                weight="plain",
                on_click=Privacy.withdraw(row["id"]),
                class_name="-ms-3",
            ),
            rx.fragment(),
        ),
        key=row["id"].to_string(),
        class_name="py-3 first:pt-0 last:pb-0",
    )


def _copy() -> rx.Component:
    building = (Privacy.copy_state == "asked") | (Privacy.copy_state == "building")
    return rx.el.div(
        rx.el.p(t("account.copy_help"), class_name="text-[0.9375rem] text-soft"),
        rx.cond(
            Privacy.copy_state == "ready",
            rx.fragment(
                notice(t("account.copy_ready", size=number(Privacy.copy_kb)), tone="in", role="status"),
                link_button(
                    icon("download", "size-5"), t("account.copy_download"), href=Privacy.copy_url, leaves=True
                ),
            ),
            rx.fragment(),
        ),
        rx.cond(
            building,
            rx.el.div(
                rx.el.p(t("account.copy_building", percent=Privacy.copy_percent), role="status"),
                rx.el.progress(value=Privacy.copy_percent, max=100, class_name="mt-2 h-3 w-full accent-act"),
            ),
            rx.fragment(),
        ),
        rx.cond(
            Privacy.copy_state == "failed", notice(t("account.copy_failed"), tone="due", role="alert"), rx.fragment()
        ),
        rx.cond(
            building,
            rx.fragment(),
            button(
                rx.cond(Privacy.copy_state == "ready", t("account.copy_again"), t("account.copy_ask")),
                type="button",
                weight="quiet",
                on_click=Privacy.make_copy,
            ),
        ),
        _problem(Privacy.problem == _TOO_MANY),
        class_name="grid gap-4",
    )


def _erase() -> rx.Component:
    return rx.cond(
        Privacy.erase_on != "",
        rx.el.div(
            notice(
                rx.el.p(
                    t("account.erase_pending", day=date_text(Privacy.erase_on, "long")), class_name="font-semibold"
                ),
                tone="due",
                role="status",
            ),
            button(t("account.erase_undo"), type="button", on_click=Privacy.keep_account),
            class_name="grid gap-4",
        ),
        rx.el.div(
            rx.el.p(t("account.erase_help", days=Privacy.cooling_days)),
            rx.el.div(
                rx.el.h3(t("account.erase_goes"), class_name="font-semibold"),
                rx.el.p(t("account.erase_goes_text"), class_name="text-[0.9375rem] text-soft"),
            ),
            rx.el.div(
                rx.el.h3(t("account.erase_stays"), class_name="font-semibold"),
                rx.el.ul(
                    rx.el.li(t("account.erase_stays_books", years=Privacy.books_years)),
                    rx.el.li(t("account.erase_stays_security", days=Privacy.security_days)),
                    rx.el.li(t("account.erase_stays_audit")),
                    class_name="list-disc ps-5 text-[0.9375rem] text-soft",
                ),
            ),
            rx.cond(Privacy.waiting != "", _code(), _begin()),
            class_name="grid gap-4",
        ),
    )


def _begin() -> rx.Component:
    return rx.fragment(
        _problem((Privacy.problem != "") & (Privacy.problem != _TOO_MANY)),
        button(t("account.erase_code"), type="button", weight="quiet", on_click=Privacy.send_code),
    )


def _code() -> rx.Component:
    return rx.el.form(
        rx.el.p(t("account.erase_code_lead", mobile=Privacy.waiting)),
        field(
            "code",
            t("sign_in.code"),
            "",
            t_code(Privacy.problem, Privacy.problem_params, "sign_in", "privacy"),
            type="text",
            input_mode="numeric",
            auto_complete="one-time-code",
            auto_focus=True,
            max_length=12,
            class_name="text-center text-[1.75rem] font-semibold tracking-[0.35em]",
        ),
        button(
            t("account.erase_confirm", days=Privacy.cooling_days), type="submit", class_name="!bg-due !text-card"
        ),
        button(t("account.cancel"), type="button", weight="plain", on_click=Privacy.forget_code),
        on_submit=Privacy.erase,
        class_name="grid gap-4",
    )


def _problem(shown: rx.Var) -> rx.Component:
    return rx.cond(
        shown,
        notice(t_code(Privacy.problem, Privacy.problem_params, "privacy", "sign_in"), tone="due", role="alert"),
        rx.fragment(),
    )
