"""Errors are values: a code that every catalogue translates, and what is needed to say it."""
from dataclasses import dataclass, field


@dataclass
class Problem(Exception):
    """Something a person or another system did that cannot be taken as it is.

    code: `area.what_is_wrong`, a key of the catalogues.  params: the values its sentence names.
    status: the HTTP status a route answers with.
    """

    code: str
    params: dict[str, str | int] = field(default_factory=dict)
    status: int = 400

    __hash__ = Exception.__hash__  # a frozen dataclass could not take the traceback that Python sets on what it raises

    def __str__(self) -> str:
        return self.code if not self.params else f"{self.code} {self.params}"
