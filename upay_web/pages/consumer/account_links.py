"""The connections on the person's list: what each is, what one may do with it, and what one can do about it."""

import reflex as rx

from components.choices import chip, folded, line_field
from components.controls import button, icon_button, link_button
from components.icons import icon
from components.numbers import date_text, money
from components.rights import relation, rights_list
from components.surface import card, empty, heading, skeleton
from components.text import t
from state.account import AccountState as Account


def links() -> rx.Component:
    """The list, the way to add to it, and what stands there while there is none."""
    add = link_button(icon("plug", "size-5"), t("account.add"), href="/account/add", weight="quiet")
    return card(
        heading(t("account.connections"), rx.cond(Account.links, add)),
        rx.cond(
            Account.loaded,
            rx.cond(
                Account.links,
                rx.el.ul(rx.foreach(Account.links, _item), class_name="grid divide-y divide-line"),
                empty(
                    "plug",
                    t("account.empty_title"),
                    t("account.empty_help"),
                    link_button(t("account.add"), href="/account/add"),
                ),
            ),
            skeleton("h-40 w-full"),
        ),
    )


def _item(link: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h3(link["label"], class_name="truncate text-lg font-semibold"),
                rx.el.p(link["shown"], class_name="text-soft"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.div(
                rx.cond(link["is_first"], chip(t("account.first"), tone="bg-sun-tint text-sun-ink")),
                chip(relation(link["relation"])),
                class_name="flex flex-wrap justify-end gap-1.5",
            ),
            class_name="flex items-start gap-3",
        ),
        rx.cond(
            link["is_pay_only"],
            _pay_only(link),
            rx.cond(
                link["has_all"],
                rx.el.p(t("account.all_rights"), class_name="mt-1 text-[0.9375rem] text-soft"),
                rx.el.div(
                    rx.el.p(t("account.you_may"), class_name="mt-1 text-[0.9375rem] text-soft"),
                    rights_list(link["rights"]),
                ),
            ),
        ),
        folded(
            t("account.change"),
            t("account.options", name=link["label"]),
            _rename(link),
            _actions(link),
        ),
        key=link["number"],
        class_name="py-3 first:pt-0 last:pb-0",
    )


def _pay_only(link: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.dl(
            rx.el.dt(t("account.due"), class_name="text-soft"),
            rx.el.dd(
                rx.cond(
                    link["due_paise"].to(int) < 0,
                    rx.el.span(t("account.due_unknown"), class_name="text-soft"),
                    rx.cond(
                        link["due_paise"].to(int) == 0,
                        t("account.nothing_due"),
                        rx.fragment(
                            rx.el.span(money(link["due_paise"]), class_name="font-semibold"),
                            rx.cond(
                                link["due_on"] != "",
                                rx.fragment(" ", t("account.due_by", day=date_text(link["due_on"]))),
                            ),
                        ),
                    ),
                )
            ),
            class_name="mt-2 flex flex-wrap justify-between gap-x-4",
        ),
        rx.el.p(t("account.pay_only"), class_name="mt-1 text-sm text-soft"),
    )


def _rename(link: rx.Var) -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="number", value=link["number"], read_only=True),
        line_field(
            "nickname",
            t("account.nickname"),
            t("account.nickname_hint"),
            default_value=link["nickname"],
            max_length=40,
            auto_complete="off",
        ),
        button(t("account.save"), type="submit", weight="quiet"),
        on_submit=Account.rename,
        class_name="grid gap-3 sm:max-w-md",
    )


def _actions(link: rx.Var) -> rx.Component:
    number = link["number"]
    return rx.el.div(
        icon_button(
            icon("up", "size-5"),
            t("account.up"),
            on_click=Account.move(number, -1),
            disabled=link["is_first"],
        ),
        icon_button(
            icon("down", "size-5"),
            t("account.below"),
            on_click=Account.move(number, 1),
            disabled=link["is_last"],
        ),
        rx.cond(
            link["is_first"],
            rx.fragment(),
            button(t("account.make_first"), type="button", weight="quiet", on_click=Account.make_first(number)),
        ),
        rx.cond(
            link["is_own"],
            rx.fragment(),
            link_button(t("account.ask_more"), href=f"/account/add?c={number}", weight="quiet"),
        ),
        button(
            t("account.remove"),
            type="button",
            weight="plain",
            on_click=Account.remove(number),
            class_name="!text-due",
        ),
        class_name="flex flex-wrap items-center gap-2",
    )
