"""Reflex's configuration. One port, our own origin only, nothing sent home."""
import os

import reflex as rx
from upay_web.same_origin import SameOriginPlugin

config = rx.Config(
    app_name="upay_web",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=[os.environ.get("UPAY_PUBLIC_URL", "http://localhost:3000")],
    redis_url=os.environ.get("UPAY_REDIS_URL") or None,
    plugins=[rx.plugins.TailwindV4Plugin(), SameOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
