"""The way from Python to the small client modules in `assets/client`: one function, so that every call looks alike."""

from typing import Any

import reflex as rx
from reflex.vars import VarData

LANGUAGE = VarData(
    imports={"$/public/client/language": "useLanguage"},
    hooks={"const language = useLanguage()": None},
)
SECOND = VarData(
    imports={"$/public/client/numbers": "useSecond"},
    hooks={"const second = useSecond()": None},
)


def expression(code: str, *parts: VarData | None, kind: type = str, **imports: str) -> Any:
    """A Var of JavaScript code. parts: what its values need.  imports: module of assets/client → the name it takes."""
    needed = VarData(imports={f"$/public/client/{module}": name for module, name in imports.items()})
    return rx.Var(_js_expr=code, _var_type=kind, _var_data=VarData.merge(needed, *parts)).guess_type()


def data_of(*values: rx.Var) -> VarData | None:
    """What all these Vars need to be evaluated."""
    return VarData.merge(*(value._get_all_var_data() for value in values))
