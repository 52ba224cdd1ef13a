"""Is this bill genuine? What the paper in one's hand must say."""

import reflex as rx

from components.numbers import date_text, money
from components.shell import plain_shell
from components.surface import card, empty, notice, skeleton
from components.text import t
from state.verify import VerifyState as Verify


def verify() -> rx.Component:
    """Yes with what must stand on it, withdrawn, or no."""
    return plain_shell(
        rx.el.div(
            rx.el.h1(t("bills.verify_title"), class_name="text-[1.75rem] font-semibold leading-tight"),
            class_name="mt-4",
        ),
        rx.cond(
            Verify.looked,
            rx.cond(
                Verify.is_genuine,
                _genuine(),
                card(empty("warning", t("bills.not_genuine"), t("bills.not_genuine_text"))),
            ),
            card(skeleton("h-56 w-full"), class_name="max-w-[40rem]"),
        ),
    )


def _genuine() -> rx.Component:
    facts = (
        ("number", Verify.number),
        ("consumer", Verify.name),
        ("period", rx.fragment(date_text(Verify.first, "long"), " – ", date_text(Verify.last, "long"))),
        ("amount_due", money(Verify.payable_paise)),
        ("due_on", date_text(Verify.due_on, "long")),
    )
    return card(
        rx.cond(
            Verify.stands,
            notice(t("bills.genuine"), tone="in", role="status"),
            notice(t("bills.genuine_withdrawn"), tone="due", role="status"),
        ),
        rx.el.dl(
            *(
                rx.el.div(
                    rx.el.dt(t(f"bills.{key}"), class_name="text-soft"),
                    rx.el.dd(value, class_name="text-end font-semibold"),
                    class_name="flex justify-between gap-4 border-b border-line py-2.5",
                )
                for key, value in facts
            ),
            class_name="mt-3",
        ),
        rx.el.p(t("bills.genuine_text"), class_name="mt-4 text-sm text-soft"),
        class_name="max-w-[40rem]",
    )
