"""The browsers in which the person is signed in, to be signed out one by one or all at once."""

import reflex as rx

from components.controls import button, post_form
from components.icons import icon
from components.numbers import ago
from components.page import query
from components.shell import shell
from components.surface import card, notice, skeleton
from components.text import t
from state.security import Device, DevicesState


def devices() -> rx.Component:
    """The one used last first; this one marked."""
    return shell(
        rx.cond(
            query("ended") != "",
            notice(t("devices.ended", count=query("ended")), tone="in", role="status"),
            rx.fragment(),
        ),
        card(
            rx.el.p(t("devices.lead"), class_name="mb-4 text-soft"),
            rx.cond(
                DevicesState.loaded,
                rx.el.ul(rx.foreach(DevicesState.devices, _device), class_name="grid"),
                rx.el.div(skeleton("h-20 w-full"), class_name="grid gap-3"),
            ),
            rx.cond(
                DevicesState.devices.length() > 1,
                post_form(
                    button(icon("leave", "size-5"), t("devices.end_others"), type="submit", weight="quiet"),
                    action="/api/v1/account/devices/end",
                    class_name="mt-5",
                ),
                rx.fragment(),
            ),
            class_name="lg:max-w-[40rem]",
        ),
        here="/account",
        title=t("devices.title"),
    )


def _device(device: rx.Var[Device]) -> rx.Component:
    return rx.el.li(
        rx.el.div(icon("device", "size-6"), class_name="mt-0.5 text-soft"),
        rx.el.div(
            rx.el.p(
                rx.cond(device["browser"] != "", device["browser"], t("devices.unknown")),
                rx.cond(
                    device["here"],
                    rx.el.span(
                        t("devices.here"),
                        class_name="ms-2 rounded-full bg-in-tint px-2.5 py-0.5 text-sm font-semibold text-in",
                    ),
                    rx.fragment(),
                ),
                class_name="font-semibold",
            ),
            rx.el.p(t("devices.seen"), " ", ago(device["seen_s"]), class_name="text-sm text-soft"),
            rx.el.p(
                t("devices.since", at=ago(device["since_s"]), address=device["address"]),
                class_name="text-sm text-soft break-words",
            ),
            class_name="min-w-0 flex-1",
        ),
        post_form(
            button(t("devices.end"), type="submit", weight="plain"),
            action="/api/v1/account/devices/" + device["id"].to_string() + "/end",
        ),
        key=device["id"].to_string(),
        class_name="flex items-start gap-3 border-b border-line py-3 last:border-0",
    )
