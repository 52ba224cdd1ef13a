"""The pages talk to the address they came from, so one build serves on any port, host and proxy.

Reflex compiles its backend's address into the pages. In a production build this plugin replaces host and port by those
in the browser's address bar. In development the pages come from Vite, and the compiled address stays.
"""
import reflex as rx

_FOUND = "const endpoint = new URL(url_str);"
_SAME = """
  if (import.meta.env.PROD && typeof window !== "undefined") {
    const secure = window.location.protocol === "https:" ? "s:" : ":";
    endpoint.protocol = endpoint.protocol.replace(/s?:$/, secure);
    endpoint.host = window.location.host;
    endpoint.port = window.location.port;
    return endpoint;
  }"""


class SameOriginPlugin(rx.plugins.Plugin):
    """Patches the one function through which Reflex finds its backend."""

    def pre_compile(self, **context) -> None:
        """Register the patch."""
        context["add_modify_task"]("utils/state.js", _patched)


def _patched(source: str) -> str:
    """The script with our lines in it. Raises LookupError when Reflex has changed the function."""
    if _SAME in source:
        return source
    if source.count(_FOUND) != 1:
        raise LookupError("getBackendURL in Reflex's state.js is not what the same-origin patch knows")
    return source.replace(_FOUND, _FOUND + _SAME)
