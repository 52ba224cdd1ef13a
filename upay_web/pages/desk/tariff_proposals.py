"""Proposals of the tariff desk: those that wait, to be decided on by somebody else, and what became of others."""

from typing import Any

import reflex as rx

from components.controls import button
from components.numbers import date_text
from components.surface import card, empty, heading, skeleton
from components.text import either, t
from state.tariffs import TariffState as Desk

_FIELD = "min-h-11 w-full rounded-2xl border-2 border-edge bg-card px-3 text-ink"


def proposals() -> rx.Component:
    """The card that lists them, those that wait first."""
    return card(
        heading(t("tariff.proposals")),
        rx.cond(
            Desk.filled,
            rx.cond(
                Desk.proposals.length() > 0,
                rx.el.ul(rx.foreach(Desk.proposals, _proposal), class_name="grid gap-3"),
                empty("check", t("tariff.no_proposals"), t("tariff.no_proposals_help")),
            ),
            skeleton("h-24 w-full"),
        ),
    )


def _proposal(row: Any) -> rx.Component:
    waits = row["state"] == "waiting"
    verdict = rx.match(
        row["state"], ("approved", t("tariff.state_approved")), ("rejected", t("tariff.state_rejected")),
        t("tariff.state_waiting"),
    )  # fmt: skip
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(row["tariff"], " · ", either(row["part"]), class_name="font-semibold"),
                rx.el.span(" ", t("tariff.since", day=date_text(row["since"], "long")), class_name="text-soft"),
            ),
            rx.el.span(
                verdict,
                class_name=rx.match(
                    row["state"],
                    ("approved", "font-semibold text-in"),
                    ("rejected", "font-semibold text-due"),
                    "font-semibold text-sun-ink",
                ),
            ),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        rx.el.p(row["values"], class_name="text-[0.9375rem]"),
        rx.el.p(
            t("tariff.proposed_by", name=row["by"], day=date_text(row["on"]), reason=row["reason"]),
            class_name="text-[0.9375rem] text-soft",
        ),
        rx.cond(
            waits,
            rx.cond(
                row["own"],
                rx.el.p(t("tariff.another_decides"), class_name="text-[0.9375rem] text-soft"),
                rx.cond(Desk.may_decide, _decision(row), rx.fragment()),
            ),
            rx.el.p(
                t("tariff.decided_by", name=row["decided_by"], reason=row["decision"]),
                class_name="text-[0.9375rem] text-soft",
            ),
        ),
        class_name="grid gap-1 rounded-2xl border border-line p-4",
    )


def _decision(row: Any) -> rx.Component:
    """Two forms rather than one with two buttons: each carries its own answer."""
    return rx.el.div(
        rx.el.form(
            _answer(row, "approve"),
            button(t("tariff.approve"), type="submit", class_name="!min-h-11"),
            on_submit=Desk.decide,
        ),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("tariff.reason"), class_name="sr-only"),
                rx.el.input(name="reason", placeholder=t("tariff.reason"), class_name=_FIELD),
                class_name="min-w-48 flex-1",
            ),
            _answer(row, "reject"),
            button(t("tariff.reject"), type="submit", weight="quiet", class_name="!min-h-11"),
            on_submit=Desk.decide,
            class_name="flex flex-1 flex-wrap gap-2",
        ),
        class_name="mt-2 flex flex-wrap gap-3",
    )


def _answer(row: Any, verdict: str) -> rx.Component:
    """What the form carries unseen."""
    return rx.fragment(
        rx.el.input(type="hidden", name="number", value=row["id"].to_string(), read_only=True),
        rx.el.input(type="hidden", name="verdict", value=verdict, read_only=True),
    )
