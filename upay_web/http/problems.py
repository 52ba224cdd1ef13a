"""Problems as answers: the code for machines, its parameters, and a sentence in the caller's language for people."""
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from upay.errors import Problem
from upay.text import say
from upay_web.http.language import language_of

# What somebody lacks who posted a form, and the page that helps.
_DOORS = {
    "sign_in.needed": "/sign-in",
    "sign_in.confirm_needed": "/account/confirm",
    "sign_in.second_needed": "/sign-in/second",
}


class ProblemAnswer(BaseModel):
    """What is wrong: a stable code, the values its sentence names, and the sentence."""

    code: str
    params: dict[str, str | int]
    message: str


def answer_problems(app: FastAPI) -> None:
    """Make the application answer with a ProblemAnswer whatever goes wrong."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _problem(request: Request, error: Exception) -> Response:
    """A form that a page has posted is led to where its person can do what is missing; all else gets the answer."""
    assert isinstance(error, Problem)
    missing = _DOORS.get(error.code)
    if missing and request.method == "POST" and "text/html" in request.headers.get("accept", ""):
        page = urlsplit(request.headers.get("referer", "")).path or "/home"
        return RedirectResponse(f"{missing}?{urlencode({'next': page})}", 303)
    return answer(request, error)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = ", ".join(".".join(str(part) for part in found["loc"]) for found in error.errors()[:5])
    return answer(request, Problem("http.bad_request", {"field": fields}, 422))


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return answer(request, Problem("http.wrong_method", {"method": request.method}, 405))
    if error.status_code == 404:
        return answer(request, Problem("http.not_found", {}, 404))
    return answer(request, Problem("http.bad_request", {"field": str(error.detail)[:100]}, error.status_code))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours. Starlette raises it again after this answer, and the request layer logs it in full."""
    number = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    return answer(request, Problem("http.unexpected", {"request": number}, 500))


def answer(request: Request, problem: Problem) -> JSONResponse:
    """The response to a Problem."""
    message = say(problem.code, language_of(request.headers.get("accept-language")), **problem.params)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
    said = ProblemAnswer(code=problem.code, params=problem.params, message=message)
    return JSONResponse(said.model_dump(), problem.status, headers)
