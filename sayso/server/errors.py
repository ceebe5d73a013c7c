"""The one place where errors become statuses, and where every error answer gets its shape.

    InputError                            422, with the field
    Overloaded, Stopping                  503, with the time after which to ask again
    BundleError                           503; only the log has the reason
    another SaysoError, any other error   500; the log has its type and traceback, never its text

No message repeats what the client sent, apart from names of fields: it may be private.
"""

import json
import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import Response

from sayso.errors import BundleError, InputError
from sayso.server.scheduler import Overloaded, Stopping

REQUEST_ID = "x-request-id"
logger = logging.getLogger("sayso.http")

_REFUSALS = (StarletteHTTPException, RequestValidationError, InputError, Overloaded, Stopping)
_NO_JSON = "There was an error parsing the body"
"""FastAPI's message for invalid UTF-8 and for JSON nested too deep; not for forms."""
_INDEX = re.compile(r"\[(\d+)\]")
_FIT_NAME = re.compile(r"[\w.-]{1,40}")
_JSON_TYPES = {str: "a string", bool: "a boolean", int: "a number", float: "a number"}
_JSON_TYPES |= {list: "an array", dict: "an object", type(None): "null"}
_EXPECTED = {
    "model_attributes_type": "an object",
    "model_type": "an object",
    "dict_type": "an object",
    "list_type": "an array",
    "string_type": "a string",
    "float_type": "a number",
}


class Refusal(HTTPException):
    """A refused request, with everything that the client may know."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, dict(headers or {}))
        self.code = code
        self.field = field
        self.limit = limit


def as_refusal(error: Exception) -> Refusal:
    """The refusal that answers an error."""
    match error:
        case Refusal():
            return error
        case RequestValidationError():
            return _invalid_request(error.errors())
        case InputError():
            field = error.field and _INDEX.sub(r".\1", error.field)
            return Refusal(422, "invalid_request", str(error), field=field)
        case Overloaded():
            return Refusal(
                503,
                "overloaded",
                f"too much is waiting to be scored; ask again in {error.retry_after} seconds",
                headers={"retry-after": str(error.retry_after)},
            )
        case Stopping():
            return Refusal(
                503, "stopping", "the server is stopping; ask again", headers={"retry-after": "5"}
            )
        case BundleError():
            return Refusal(503, "model_unavailable", "the model cannot be used at the moment")
        case StarletteHTTPException():
            return _framework_error(error)
        case _:
            return Refusal(
                500,
                "internal_error",
                "an error in the server; report the request id to its operator",
            )


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The body of an error answer, without the request id."""
    error: dict[str, Any] = {"code": refusal.code, "message": refusal.detail}
    if refusal.field is not None:
        error["field"] = refusal.field
    if refusal.limit is not None:
        error["limit"] = refusal.limit
    return {"error": error}


def log_failure(error: Exception, request_id: str) -> None:
    """Log the reason of a 5xx. Of an unexpected error only the type and the traceback, because its
    message may hold text; of refusals nothing, because the access log has their codes.
    """
    if isinstance(error, BundleError):
        logger.error("request %s failed: %s", request_id, error)
    elif not isinstance(error, _REFUSALS):
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("request %s failed: %s at\n%s", request_id, type(error).__name__, places)


def error_answer(refusal: Refusal, request_id: str) -> Response:
    """The error answer."""
    return Response(
        json.dumps({**error_body(refusal), "request_id": request_id}),
        refusal.status_code,
        refusal.headers,
        media_type="application/json",
    )


def raise_errors(app: FastAPI) -> None:
    """Let every error out of `app` to the error boundary, in place of FastAPI's own handlers."""

    async def pass_on(request: Request, error: Exception) -> Response:
        raise error

    for kind in (StarletteHTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, pass_on)


def _framework_error(error: StarletteHTTPException) -> Refusal:
    match error.status_code:
        case 400 if error.detail == _NO_JSON:
            code, message = "invalid_json", "the body cannot be read as JSON in UTF-8"
        case 400:
            code, message = "invalid_form", "the body cannot be read as a form"
        case 404:
            code, message = "not_found", "no such path; /openapi.json lists all paths"
        case 405:
            allowed = (error.headers or {}).get("Allow", "another method")
            code, message = "method_not_allowed", f"expected {allowed} here"
        case status:
            phrase = HTTPStatus(status).phrase.lower()
            code, message = phrase.replace(" ", "_"), phrase
    return Refusal(error.status_code, code, message, headers=error.headers)


def _invalid_request(problems: Sequence[Mapping[str, Any]]) -> Refusal:
    """The first problem that pydantic found, without the input."""
    problem = problems[0]
    kind, place = problem["type"], [part for part in problem["loc"] if part != "[key]"]
    if kind == "json_invalid":
        message = f"the body is not valid JSON: error at character {place[-1]}"
        return Refusal(400, "invalid_json", message)
    field = ".".join(_name(part) for part in place[1:])  # the first part is "body"
    if kind == "missing" and not field:
        return Refusal(400, "invalid_json", "the body is empty; expected a JSON object")
    where = f"{field}: " if field else ""
    match kind:
        case "missing_text" | "text_and_sentences":
            field, message = "text", problem["msg"]
        case "missing":
            message = f"{where}missing; it is required"
        case "extra_forbidden":
            message = f"{where}unknown field; /openapi.json lists the known ones"
        case "string_unicode":
            message = f"{where}not valid Unicode, half a surrogate pair in it"
        case "string_too_short" | "too_short":
            message = f"{where}empty; expected at least one"
        case _:
            expected = _EXPECTED.get(kind, problem["msg"].removeprefix("Input should be "))
            found = _JSON_TYPES.get(type(problem.get("input")), "something else")
            message = f"{where}expected {expected}; found {found}"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Refusal(422, "invalid_request", message + more, field=field or None)


def _name(part: object) -> str:
    """A part of a field's path, unless a client sent text as a name."""
    return str(part) if _FIT_NAME.fullmatch(str(part)) else "(name left out)"
