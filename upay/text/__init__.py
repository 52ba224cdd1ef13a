"""Every sentence a person reads, in every language: `upay/text/<language>/<area>.po`, keyed by code.

The domain speaks in codes; this is where a code becomes a sentence. Placeholders stand in braces: `{amount}`.
"""
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = ("hi", "en")
_FOLDER = Path(__file__).parent


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Key → sentence of one language, all areas together. Raises ValueError where two areas share a key."""
    sentences: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                key, sentence = str(message.id), str(message.string or "")
                if not key:
                    continue
                if key in sentences:
                    raise ValueError(f"{path.name}: {key} stands twice")
                sentences[key] = sentence
    return sentences


def say(key: str, language: str, /, **params: str | int) -> str:
    """The sentence of a key with its placeholders filled. Raises KeyError for a key no catalogue has."""
    return catalogue(language)[key].format_map(params)
