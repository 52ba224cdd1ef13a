"""Icons, drawn for this product on a 24-unit grid: one stroke, round ends, the colour of the text around them."""

import reflex as rx

_PATHS = {
    "bill": ("M6 3.5h12V21l-3-2-3 2-3-2-3 2V3.5Z", "M9 8.5h6M9 12.5h6"),
    "bolt": ("M13 3 5.5 13.5H12L11 21l7.5-10.5H12L13 3Z",),
    "home": ("M4 11.5 12 4l8 7.5", "M6 10v9.5h12V10", "M10 19.5v-5.5h4v5.5"),
    "usage": ("M5 20V11", "M12 20V4", "M19 20v-6", "M3 20.5h18"),
    "account": ("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.5 20.5c.8-3.8 3.7-5.7 7.5-5.7s6.7 1.9 7.5 5.7"),
    "sun": ("M12 16.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4Z", "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2",
            "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"),
    "moon": ("M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2Z",),
    "offline": ("M3 8.5a13.5 13.5 0 0 1 18 0", "M6.5 12.2a8.6 8.6 0 0 1 11 0", "M12 19h.01", "M4 3.5l16 17"),
    "check": ("M4.5 12.5 10 18 19.5 7",),
    "warning": ("M12 4 2.8 20h18.4L12 4Z", "M12 10v4.5M12 17.4h.01"),
    "info": ("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M12 11v5.5M12 7.6h.01"),
    "rupee": ("M7 4.5h10.5M7 9h10.5M7 4.5h3.2a4.5 4.5 0 0 1 0 9H7l7.5 6.5",),
    "message": ("M4 5h16v11.5H9.5L5 20v-3.5H4V5Z", "M8 9.5h8M8 12.5h5"),
    "copy": ("M9 8.5h11V20H9V8.5Z", "M15 8.5V4H4v11.5h5"),
    "down": ("M6 9.5l6 6 6-6",),
    "left": ("M14.5 6l-6 6 6 6",),
    "right": ("M9.5 6l6 6-6 6",),
    "download": ("M12 4v11.5M7 11l5 5 5-5", "M4.5 20h15"),
    "sort": ("M8 5v14M4.5 15.5 8 19l3.5-3.5", "M16 19V5M12.5 8.5 16 5l3.5 3.5"),
    "leave": ("M10 4.5H5v15h5", "M14.5 8 19 12l-4.5 4M19 12H9.5"),
    "people": ("M9 11.5a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2Z", "M2.5 20c.6-3.6 3.1-5.4 6.5-5.4s5.9 1.8 6.5 5.4",
               "M15.5 4.8a3.4 3.4 0 0 1 0 6.5", "M18 14.9c1.9.8 3.1 2.5 3.5 5.1"),
    "search": ("M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z", "M15.5 15.5 20.5 20.5"),
    "ledger": ("M6 3.5h12.5v17H6a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 6 3.5Z", "M8.5 8h7M8.5 12h7M8.5 16h4"),
    "desk": ("M3 10h18M5 10v9.5M19 10v9.5", "M13 10v5h6", "M7 10V5.5h6V10"),
    "plug": ("M9 3v5M15 3v5", "M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0V8Z", "M12 17v4"),
    "passkey": ("M9 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M2.5 20c.7-3.4 3.2-5.2 6.5-5.2 1.2 0 2.3.2 3.2.7",
                "M17.5 14a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z", "M17.5 14v6.5M17.5 17.5h2"),
    "shield": ("M12 3.5 5 6v5.5c0 4.3 2.9 7.6 7 9 4.1-1.4 7-4.7 7-9V6l-7-2.5Z", "M9 12l2.2 2.2L15.2 10"),
    "device": ("M7.5 3h9a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Z", "M10.5 18h3"),
    "lock": ("M6 11h12v9H6v-9Z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"),
    "up": ("M6 14.5l6-6 6 6",),
    "house_off": ("M4 11.5 12 4l8 7.5", "M6 10v9.5h12V10", "M9.5 15.5h5"),
}  # fmt: skip


def icon(name: str, size: str = "size-6") -> rx.Component:
    """The icon by name; hidden from screen readers, since a word always stands beside it or labels its button."""
    return rx.el.svg(
        *(rx.el.svg.path(d=path) for path in _PATHS[name]),
        view_box="0 0 24 24",
        fill="none",
        stroke="currentColor",
        stroke_width="1.8",
        stroke_linecap="round",
        stroke_linejoin="round",
        class_name=f"{size} shrink-0",
        aria_hidden="true",
    )
