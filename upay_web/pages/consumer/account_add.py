"""Adding a connection: the number, whose it is and what is wanted, the owner's code."""

import reflex as rx

from components.choices import line_field, pick
from components.controls import button, field, link_button
from components.icons import icon
from components.rights import right_ticks, rights_list
from components.shell import shell
from components.surface import card, heading, notice
from components.text import t, t_code
from state.add_link import AddLinkState as Add
from upay.consent import Relation
from upay_web.pages.consumer.account import back_link

_PROBLEMS = ("links", "accounts", "sign_in")


def account_add() -> rx.Component:
    """One step at a time, in one narrow column."""
    return shell(
        rx.el.div(
            back_link(),
            card(rx.match(Add.step, ("found", _found()), ("code", _code()), ("done", _done()), _number())),
            class_name="grid gap-3.5 lg:max-w-[40rem]",
        ),
        here="/account",
        title=t("account.add_title"),
    )


def _number() -> rx.Component:
    return rx.el.form(
        field(
            "number",
            t("account.number"),
            t("account.number_hint"),
            t_code(Add.problem, Add.problem_params, *_PROBLEMS),
            type="text",
            input_mode="numeric",
            auto_complete="off",
            auto_focus=True,
            max_length=60,
        ),
        button(t("account.find"), type="submit", class_name="w-full"),
        on_submit=Add.find,
        class_name="grid gap-5",
    )


def _found() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            heading(t("account.found")),
            rx.el.p(Add.name, class_name="text-2xl font-semibold"),
            rx.el.p(Add.shown, class_name="text-soft"),
        ),
        _problem(),
        rx.cond(
            Add.is_own,
            _own(),
            rx.cond(
                Add.ending != "",
                _ask(),
                rx.fragment(notice(t("account.nobody_to_ask")), rx.cond(Add.is_linked, rx.fragment(), _only_pay())),
            ),
        ),
        button(t("account.other_number"), type="button", weight="plain", on_click=Add.begin),
        class_name="grid gap-5",
    )


def _own() -> rx.Component:
    return rx.el.form(
        rx.el.p(t("account.found_own")),
        _nickname(),
        button(t("account.add_own"), type="submit"),
        on_submit=Add.add,
        class_name="grid gap-4",
    )


def _ask() -> rx.Component:
    return rx.fragment(
        rx.cond(Add.is_linked, rx.el.p(t("account.found_linked"), class_name="text-soft"), rx.fragment()),
        rx.el.form(
            right_ticks(t("account.ask_rights"), ["usage", "bills", "pay", "complain"]),
            _relation(),
            _nickname(),
            rx.el.p(t("account.ask_help", ending=Add.ending), class_name="text-[0.9375rem] text-soft"),
            button(t("account.ask"), type="submit"),
            on_submit=Add.ask,
            class_name="grid gap-4",
        ),
        rx.cond(Add.is_linked, rx.fragment(), _only_pay()),
    )


def _only_pay() -> rx.Component:
    return rx.el.form(
        rx.el.p(t("account.only_pay_help"), class_name="text-[0.9375rem] text-soft"),
        button(t("account.only_pay"), type="submit", weight="quiet"),
        on_submit=Add.add,
        class_name="grid gap-3 border-t border-line pt-4",
    )


def _code() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            heading(t("account.code_title")),
            rx.el.p(t("account.code_lead", ending=Add.ending, minutes=Add.minutes), class_name="text-soft"),
            rights_list(Add.rights),
        ),
        field(
            "code",
            t("account.code"),
            "",
            t_code(Add.problem, Add.problem_params, *_PROBLEMS),
            type="text",
            input_mode="numeric",
            auto_complete="off",
            auto_focus=True,
            max_length=12,
            class_name="text-center text-[1.75rem] font-semibold tracking-[0.35em]",
        ),
        button(t("account.confirm"), type="submit"),
        button(t("account.ask_again"), type="button", weight="plain", on_click=Add.again),
        on_submit=Add.answer,
        class_name="grid gap-5",
    )


def _done() -> rx.Component:
    return rx.el.div(
        notice(rx.el.p(t("account.done", name=Add.name), class_name="font-semibold"), tone="in", role="status"),
        rx.cond(
            Add.rights,
            rx.el.div(rx.el.p(t("account.done_rights"), class_name="text-soft"), rights_list(Add.rights)),
            rx.el.p(t("account.done_pay")),
        ),
        link_button(t("account.to_account"), icon("right", "size-4"), href="/account"),
        class_name="grid gap-5",
    )


def _relation() -> rx.Component:
    options = tuple((each.value, t(f"account.relation_{each}")) for each in Relation)
    return pick("relation", t("account.relation"), options, default_value=Relation.FAMILY.value)


def _nickname() -> rx.Component:
    return line_field(
        "nickname", t("account.nickname"), t("account.nickname_hint"), max_length=40, auto_complete="off"
    )


def _problem() -> rx.Component:
    return rx.cond(
        Add.problem != "",
        notice(t_code(Add.problem, Add.problem_params, *_PROBLEMS), tone="due", role="alert"),
        rx.fragment(),
    )
