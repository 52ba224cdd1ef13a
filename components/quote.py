"""What would I pay: the controls of a use, bound to the page's address, and the answer as it comes over HTTP."""

from typing import Any, TypedDict

import reflex as rx
from reflex.vars import VarData

from components.script import expression
from components.surface import skeleton

GIVEN = {
    "tariff": "",
    "kwh": "250",
    "load": "2",
    "month": "",
    "tod": "",
    "solar": "35",
    "peak": "25",
    "prepaid": "",
}
"""What is asked for until the address or the person says otherwise; texts, as the address holds them."""


class QuoteLine(TypedDict):
    """A line of the answer; texts by language."""

    kind: str
    name: dict[str, str]
    how: dict[str, str]
    paise: int


class QuoteRate(TypedDict):
    """Where rates come from."""

    names: list[dict[str, str]]
    source: str
    since: str
    confidence: str


class QuoteCompared(TypedDict):
    """The same use under a tariff."""

    tariff: str
    name: dict[str, str]
    chosen: bool
    postpaid_paise: int
    prepaid_paise: int


class Answered:
    """The page's question and answer as Vars. tariff: the one asked about at first."""

    def __init__(self, tariff: str) -> None:
        self.given = {**GIVEN, "tariff": tariff}
        literal = str(rx.Var.create(self.given))
        hook = f"const quote = useQuote({literal})"
        self._data = VarData(imports={"$/public/client/quote": "useQuote"}, hooks={hook: None})
        self.has_answer: Any = self._of("!!quote.answer", bool)
        self.message: Any = self._of("quote.message", str)
        self.busy: Any = self._of("quote.busy", bool)
        self.by_time: Any = self._of("quote.asked.tod === '1'", bool)
        self.is_prepaid: Any = self._of("quote.asked.prepaid === '1'", bool)
        self.solar: Any = self._of("(quote.asked.solar ?? '')", str)
        self.peak: Any = self._of("(quote.asked.peak ?? '')", str)
        self.normal: Any = self._of("(100 - (quote.asked.solar || 0) - (quote.asked.peak || 0))", int)
        self.name: Any = self._of("(quote.answer?.name ?? {})", dict[str, str])
        self.first: Any = self._of("(quote.answer?.first ?? '')", str)
        self.kwh: Any = self._of("(quote.answer?.kwh ?? 0)", float)
        self.total_paise: Any = self._of("(quote.answer?.total_paise ?? 0)", int)
        self.per_unit_paise: Any = self._of("(quote.answer?.per_unit_paise ?? 0)", int)
        self.lines: Any = self._of("(quote.answer?.lines ?? [])", list[QuoteLine])
        self.rates: Any = self._of("(quote.answer?.rates ?? [])", list[QuoteRate])
        self.compared: Any = self._of("(quote.answer?.compared ?? [])", list[QuoteCompared])

    def control(self, name: str, **props: Any) -> rx.Component:
        """An input bound to one of the values. props: the input's own."""
        return _QuoteControl.create(name=name, given=self.given, custom_attrs=_props(props))

    def choice(self, name: str, *options: rx.Component, **props: Any) -> rx.Component:
        """A select bound to one of the values."""
        made = {"as": "select", **_props(props)}
        return _QuoteControl.create(*options, name=name, given=self.given, custom_attrs=made)

    def when_known(self, content: rx.Component, size: str) -> rx.Component:
        """The content once there is an answer; until then its place."""
        return rx.cond(self.has_answer, content, skeleton(size))

    def _of(self, code: str, kind: Any) -> Any:
        return expression(code, self._data, kind=kind)


class _QuoteControl(rx.Component):
    library = "$/public/client/quote"
    tag = "QuoteControl"

    name: rx.Var[str]
    given: rx.Var[dict[str, str]]


_NAMES = {"class_name": "className", "aria_label": "aria-label", "aria_describedby": "aria-describedby",
          "input_mode": "inputMode"}  # fmt: skip


def _props(props: dict[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(name, name): value for name, value in props.items()}
