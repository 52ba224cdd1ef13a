"""Every sentence stands in Hindi and English alike, is used, and is found where the code asks for it."""
import ast
import re
from string import Formatter

from tests.harness.sources import ROOT, called, of, sources
from upay.text import LANGUAGES, catalogue

# A word, and words after dots; `….list.element` is Parquet's word, `http.response.…` is ASGI's.
KEY = re.compile(r"(?!.*\.list\.|http\.response)[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}
# Names that Hindi writes in Latin letters too.
LATIN = re.compile(r"UPAY|CSV|XLSX|Green|Button|kWh|kW|VA|SMS|OTP|UPI|English|PDF|V|A|W")

# A permission is named like a key (`ledger.see`); what it is called stands under a key of its own.
NO_SENTENCES = {"upay.accounts.permissions"}
# What offers English stands in English.
IN_THE_OTHER_LANGUAGE = {"common.switch_language", "common.other_language", "common.english"}


def placeholders(sentence: str) -> set[str]:
    """The names that stand in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def literals() -> dict[str, str]:
    """Every string constant of the product that looks like a key → where it stands."""
    found: dict[str, str] = {}
    for source in sources():
        if source.name in NO_SENTENCES:
            continue
        left_out = {id(part) for node in ast.walk(source.tree) for part in _no_keys(node)}
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in left_out:
                continue
            if KEY.fullmatch(node.value):
                found.setdefault(node.value, source.where(node))
    return found


def _no_keys(node: ast.AST) -> list[ast.expr]:
    """Constants that look like keys and are none: the name of a log event, a part of an f-string."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    is_log = isinstance(node, ast.Call) and called(node).split(".")[-1] in LOGGED
    return node.args[:1] if is_log else []  # type: ignore[attr-defined]


def patterns() -> list[re.Pattern[str]]:
    """Keys put together by an f-string, `f"band.{key}"`, as patterns."""
    parts = [
        "".join(re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z0-9_]+" for part in node.values)
        for source in of("upay", "state", "components", "upay_web", "jobs", "demo")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and re.match(r"[a-z_]+\.", str(node.values[0].value))
    ]
    return [re.compile(part) for part in parts]


def test_both_languages_have_the_same_keys():
    hindi, english = (set(catalogue(language)) for language in LANGUAGES)
    assert hindi ^ english == set()


def test_a_sentence_has_the_same_placeholders_in_both_languages():
    hindi, english = (catalogue(language) for language in LANGUAGES)
    assert [key for key in english if placeholders(hindi[key]) != placeholders(english[key])] == []


def test_no_sentence_is_empty():
    said = [(key, sentence) for language in LANGUAGES for key, sentence in catalogue(language).items()]
    assert [key for key, sentence in said if not sentence.strip()] == []


def test_hindi_is_written_in_devanagari():
    wrong = [
        key
        for key, said in catalogue("hi").items()
        if re.search("[A-Za-z]", LATIN.sub("", re.sub(r"\{\w+\}", "", said)))
        if not re.search("[\u0900-\u097f]", said) and key not in IN_THE_OTHER_LANGUAGE
    ]
    assert wrong == []


def test_every_key_the_code_names_has_its_sentence():
    known = catalogue("en")
    areas = {key.split(".")[0] for key in known}
    asked = {key: where for key, where in literals().items() if key.split(".")[0] in areas}
    assert [f"{where} {key}" for key, where in asked.items() if key not in known] == []


def test_every_sentence_is_used():
    named, made = set(literals()), patterns()
    tables = (ROOT / "upay" / "packs").rglob("*.toml")
    packs = {found[0] for path in tables for found in KEY.finditer(path.read_text("utf-8"))}
    unused = [key for key in catalogue("en") if key not in named | packs and not any(p.fullmatch(key) for p in made)]
    assert unused == []


def test_pages_hold_no_sentence_of_their_own():
    wrong = [
        f"{source.where(child)} {child.value!r}"
        for source in of("components", "upay_web")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and called(node).startswith("rx.el.") and called(node) not in _NO_TEXT
        for child in [*node.args, *(word.value for word in node.keywords if word.arg in _SHOWN)]
        if isinstance(child, ast.Constant) and isinstance(child.value, str)
        if re.search(r"[^\W\d_]{2,}", LATIN.sub("", child.value))
    ]
    assert wrong == []


_NO_TEXT = {"rx.el.script", "rx.el.style"}
_SHOWN = {"placeholder", "title", "alt", "aria_label"}
