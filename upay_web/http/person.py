"""Who is asking, for HTTP routes: the session cookie's person, and that person's connection."""
from typing import Annotated

from fastapi import Depends, Request

from upay import clock
from upay.accounts import SESSION_COOKIE, LinkedConnection, connections_of, person_of
from upay.accounts.models import Person
from upay.db import session
from upay.errors import Problem


def person(request: Request) -> Person:
    """The signed-in person. Raises Problem 401 sign_in.needed."""
    with session() as db:
        found = person_of(db, request.cookies.get(SESSION_COOKIE), clock.now())
    if found is None:
        raise Problem("sign_in.needed", status=401)
    return found


def own_connection(number: str, asking: Annotated[Person, Depends(person)]) -> LinkedConnection:
    """The person's connection with this number. Raises Problem 404 usage.not_yours, whether or not another has it."""
    assert asking.id is not None
    with session() as db:
        for connection in connections_of(db, asking.id):
            if connection.number == number:
                return connection
    raise Problem("usage.not_yours", {"number": number}, 404)


Asking = Annotated[Person, Depends(person)]
Own = Annotated[LinkedConnection, Depends(own_connection)]
