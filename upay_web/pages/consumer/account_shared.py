"""Who is linked to one's own connections, and the owner's word on it."""

import reflex as rx

from components.choices import chip, folded
from components.controls import button
from components.numbers import date_text
from components.rights import relation, right_ticks, rights_list
from components.surface import card, heading, skeleton
from components.text import t
from state.account import AccountState as Account


def shared() -> rx.Component:
    """Nothing for who owns no connection."""
    return rx.cond(
        Account.owns_any,
        card(
            heading(t("account.shared")),
            rx.cond(
                Account.loaded,
                rx.cond(
                    Account.shared,
                    rx.fragment(
                        rx.el.p(t("account.shared_help"), class_name="-mt-2 mb-2 text-[0.9375rem] text-soft"),
                        rx.el.ul(rx.foreach(Account.shared, _item), class_name="grid divide-y divide-line"),
                    ),
                    rx.el.div(
                        rx.el.p(t("account.shared_none")),
                        rx.el.p(t("account.shared_none_help"), class_name="mt-1 text-[0.9375rem] text-soft"),
                    ),
                ),
                skeleton("h-20 w-full"),
            ),
        ),
    )


def _item(person: rx.Var) -> rx.Component:
    has_none = person["rights"].to(list[str]).length() == 0
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h3(
                    rx.cond(person["name"] != "", person["name"], t("account.nameless")),
                    rx.el.span(" ", person["mobile"], class_name="font-normal text-soft"),
                    class_name="text-lg font-semibold",
                ),
                rx.el.p(
                    person["shown"],
                    " · ",
                    t("account.since", day=date_text(person["since"], "long")),
                    rx.cond(person["by_office"], rx.fragment(" · ", t("account.by_office"))),
                    class_name="text-[0.9375rem] text-soft",
                ),
                class_name="min-w-0 flex-1",
            ),
            chip(relation(person["relation"])),
            class_name="flex items-start gap-3",
        ),
        rx.cond(
            has_none,
            rx.el.p(t("account.may_pay"), class_name="mt-1 text-[0.9375rem]"),
            rights_list(person["rights"]),
        ),
        folded(
            t("account.change"),
            rx.cond(
                person["name"] != "", t("account.rights_of", name=person["name"]), t("account.rights_of_nameless")
            ),
            rx.el.form(
                rx.el.input(type="hidden", name="link", value=person["link_id"].to_string(), read_only=True),
                right_ticks(
                    rx.cond(
                        person["name"] != "",
                        t("account.rights_of", name=person["name"]),
                        t("account.rights_of_nameless"),
                    ),
                    person["rights"],
                ),
                rx.el.div(
                    button(t("account.save"), type="submit"),
                    button(
                        t("account.revoke"),
                        type="button",
                        weight="plain",
                        on_click=Account.revoke(person["link_id"]),
                        class_name="!text-due",
                    ),
                    class_name="flex flex-wrap gap-2",
                ),
                on_submit=Account.change_rights,
                class_name="grid gap-3",
            ),
        ),
        key=person["link_id"].to_string() + person["rights"].to_string(),
        class_name="py-3 first:pt-0 last:pb-0",
    )
