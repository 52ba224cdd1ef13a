"""Which of our languages a request asks for."""
from upay.text import LANGUAGES


def language_of(accept_language: str | None) -> str:
    """The language of ours that an Accept-Language header prefers; English where it names none, as machines do."""
    wanted: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        name, _, weight = part.partition(";q=")
        try:
            wanted.append((float(weight or 1), name.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    ours = [(weight, name) for weight, name in wanted if name in LANGUAGES and weight > 0]
    return max(ours, key=lambda pair: pair[0])[1] if ours else "en"
