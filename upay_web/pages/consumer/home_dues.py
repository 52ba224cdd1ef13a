"""The home page's first line: what is to be paid and by when, or what is left of the prepaid balance."""

import reflex as rx

from components.controls import link_button
from components.numbers import date_text, money
from components.surface import big_number, card, skeleton
from components.text import t
from state.dues import DuesState as Dues
from state.home import HomeState as Home


def dues() -> rx.Component:
    """Its place is kept until it is known; it goes where the owner lets nobody see the bills."""
    return rx.cond(
        Dues.shown & (Dues.number == Home.number),
        card(_amount(), _action(), label=t("home.money"), class_name=f"{_LOOK} lg:col-span-3"),
        rx.cond(
            Home.filled & ~Dues.shown,
            rx.fragment(),
            card(skeleton("h-[6.5rem] w-full"), class_name="lg:col-span-3"),
        ),
    )


_LOOK = "flex flex-wrap items-end justify-between gap-x-6 gap-y-4"


def _amount() -> rx.Component:
    owes = Dues.owed_paise > 0
    said = rx.cond(
        owes,
        rx.cond(
            Dues.due_on == "",
            t("home.owed_now"),
            rx.cond(
                Dues.overdue,
                t("home.was_due", day=date_text(Dues.due_on, "day")),
                t("home.pay_by", day=date_text(Dues.due_on, "long")),
            ),
        ),
        rx.cond(Dues.month_paise >= 0, t("home.month_cost", amount=money(Dues.month_paise)), t("home.nothing_due")),
    )
    return rx.el.div(
        rx.el.p(
            rx.cond(
                owes,
                t("home.amount_due"),
                rx.cond(
                    Dues.prepaid,
                    t("home.balance"),
                    rx.cond(Dues.owed_paise < 0, t("home.credit"), t("home.amount_due")),
                ),
            ),
            class_name="text-soft",
        ),
        big_number(money(rx.cond(owes, Dues.owed_paise, -Dues.owed_paise))),
        rx.el.p(said, class_name=rx.cond(Dues.overdue, "mt-1.5 min-h-6 font-semibold text-due", "mt-1.5 min-h-6")),
    )


def _action() -> rx.Component:
    return rx.cond(
        Dues.bill != "",
        link_button(t("home.see_bill"), href="/bill?n=" + Dues.bill, class_name="grow sm:grow-0"),
        link_button(t("home.see_bills"), href="/bills?c=" + Dues.number, weight="quiet", class_name="grow sm:grow-0"),
    )
