"""Reflex's configuration. One port, our own origin only, nothing sent home."""
import os

import reflex as rx

from upay_web.same_origin import SameOriginPlugin

# The names of assets/tokens.css, as Tailwind colours: bg-card, text-soft, border-line.
COLOURS = (
    "paper", "card", "tint", "line", "edge", "ink", "soft", "act", "on-act", "act-tint", "sun", "sun-ink", "sun-tint",
    "peak", "norm", "in", "in-tint", "due", "due-tint",
)  # fmt: skip
TAILWIND = {
    "content": ["./app/**/*.jsx", "./app_components/**/*.jsx", "./utils/**/*.jsx"],
    "theme": {"extend": {"colors": {name: f"var(--{name})" for name in COLOURS}}},
    "plugins": [],
}

_public = os.environ.get("UPAY_PUBLIC_URL", "http://localhost:3000")
# On one's own machine the two spellings of it are one origin.
_origins = [_public, _public.replace("//localhost", "//127.0.0.1")]

_redis = os.environ.get("UPAY_REDIS_URL") or None

config = rx.Config(
    app_name="upay_web",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=sorted(set(_origins)),
    redis_url=_redis,
    trusted_proxy_hops=int(os.environ.get("UPAY_TRUSTED_PROXIES") or 0),
    # By default every tab's state is pickled to disk, and with it the headers it came with: session tokens in the open.
    state_manager_mode="redis" if _redis else "memory",
    plugins=[rx.plugins.TailwindV4Plugin(TAILWIND), SameOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
