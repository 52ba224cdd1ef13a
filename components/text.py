"""Text in the reader's language. Both languages are in the bundle: switching needs no server, and works offline.

rx.el.h1(t("home.title"))
rx.el.p(t("home.units_today", units=kwh(HomeState.today_wh)))
rx.el.input(placeholder=t("sign_in.mobile_example"))
notice(t_code(State.problem, State.problem_params, "sign_in"))
"""

import json
from typing import Any

import reflex as rx

from components.script import LANGUAGE, data_of, expression
from upay.text import catalogue

Text = rx.Var[str]

language: Text = expression("language", LANGUAGE)
"""The reader's language code, `hi` or `en`."""


def t(key: str, **values: Any) -> Text:
    """The sentence of a key, following the reader's language. Values (Vars or constants) fill its placeholders.

    Raises KeyError for a key that a catalogue lacks, when the page is compiled.
    """
    sentences = f"(language === 'en' ? {_quoted('en', key)} : {_quoted('hi', key)})"
    if not values:
        return expression(sentences, LANGUAGE)
    filled, needed = _object(values)
    return expression(f"fill({sentences}, {filled})", LANGUAGE, needed, language="fill")


def t_code(code: Any, params: Any, *areas: str) -> Text:
    """The sentence of a code that only the server knows, "" for an empty one.

    code: Var of a catalogue key.  params: Var of a dict, the values its sentence names.
    areas: the parts before the dot that may come (`sign_in`, `reads`); only their sentences go into the bundle.
    """
    code, params = rx.Var.create(code), rx.Var.create(params)
    otherwise = f"(language === 'en' ? {_quoted('en', 'common.unexpected')} : {_quoted('hi', 'common.unexpected')})"
    sentences = f"(language === 'en' ? {_area('en', areas)} : {_area('hi', areas)})"
    return expression(
        f"sayCode({sentences}, {code!s}, {params!s}, {otherwise})", LANGUAGE, data_of(code, params), language="sayCode"
    )


def either(said: Any) -> Any:
    """A sentence that came from the server in both languages: Var of {hi, en}."""
    return rx.cond(language == "en", said["en"], said["hi"])


def choose_language(code: str) -> rx.event.EventSpec:
    """An event that sets the reader's language to `hi` or `en`, on the device alone."""
    return rx.run_script(expression(f"chooseLanguage({json.dumps(code)})", language="chooseLanguage"))


def switch_language() -> rx.event.EventSpec:
    """An event that goes to the other of the two languages."""
    other = "chooseLanguage(language === 'en' ? 'hi' : 'en')"
    return rx.run_script(expression(other, LANGUAGE, language="chooseLanguage"))


def _quoted(of: str, key: str) -> str:
    return json.dumps(catalogue(of)[key], ensure_ascii=False)


def _area(of: str, areas: tuple[str, ...]) -> str:
    chosen = {key: sentence for key, sentence in catalogue(of).items() if key.split(".")[0] in areas}
    return "(" + json.dumps(chosen, ensure_ascii=False) + ")"


def _object(values: dict[str, Any]) -> tuple[str, Any]:
    made = {name: rx.Var.create(value) for name, value in values.items()}
    return "({" + ", ".join(f"{name}: {value!s}" for name, value in made.items()) + "})", data_of(*made.values())
