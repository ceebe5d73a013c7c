"""The one place where errors become statuses, and where every error answer gets its shape.

    InputError                            422, with the field
    BundleError                           503; the reason stands in the server's log only
    another SaysoError, any other error   500; its type and place stand in the log, never its text

No message repeats what the client sent, beyond names of fields: what it sent may be private.
"""

import json
import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import BundleError, InputError

REQUEST_ID = "x-request-id"
_FIT_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_INDEX = re.compile(r"\[(\d+)\]")
_FIT_NAME = re.compile(r"[\w.-]{1,40}")
_JSON_TYPES = {str: "a string", bool: "a boolean", int: "a number", float: "a number"}
_JSON_TYPES |= {list: "an array", dict: "an object", type(None): "null"}
_EXPECTED = {
    "model_attributes_type": "an object",
    "dict_type": "an object",
    "list_type": "an array",
    "string_type": "a string",
    "float_type": "a number",
}

logger = logging.getLogger("sayso.http")


class Refusal(HTTPException):
    """A request that is refused, with all that the client may be told."""

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
    """What the client is told about `error`."""
    match error:
        case Refusal():
            return error
        case RequestValidationError():
            return _invalid_request(error.errors())
        case InputError():
            field = error.field and _INDEX.sub(r".\1", error.field)
            return Refusal(422, "invalid_request", str(error), field=field)
        case BundleError():
            return Refusal(503, "model_unavailable", "the model cannot be used at the moment")
        case StarletteHTTPException():
            return _of_the_framework(error)
        case _:
            return Refusal(
                500,
                "internal_error",
                "the server made a mistake; report the request id to its operator",
            )


def error_answer(refusal: Refusal, request_id: str) -> Response:
    """The answer that tells the client."""
    error: dict[str, Any] = {"code": refusal.code, "message": refusal.detail}
    if refusal.field is not None:
        error["field"] = refusal.field
    if refusal.limit is not None:
        error["limit"] = refusal.limit
    return Response(
        json.dumps({"error": error, "request_id": request_id}),
        refusal.status_code,
        refusal.headers,
        media_type="application/json",
    )


def answer_errors(app: FastAPI) -> None:
    """Give every error that `app` meets the one shape."""

    async def answer(request: Request, error: Exception) -> Response:
        return error_answer(as_refusal(error), request.state.request_id)

    for kind in (StarletteHTTPException, RequestValidationError, InputError):
        app.add_exception_handler(kind, answer)
    app.add_middleware(RequestGuard)


class RequestGuard:
    """Gives each request an id and answers what nothing inside it has answered.

    A plain ASGI piece: Starlette's own handler of unexpected errors raises them again, and the
    server would log them with their message, which may hold text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = sent if _FIT_REQUEST_ID.fullmatch(sent) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        answering = False

        async def send_with_id(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:
            refusal = as_refusal(error)
            if refusal.status_code >= 500:
                _log(error, request_id)
            if answering:  # too late for another answer: the server has to drop the connection
                raise ConnectionAbortedError("the answer broke off") from None
            await error_answer(refusal, request_id)(scope, receive, send_with_id)


def _log(error: Exception, request_id: str) -> None:
    """Type and place only: the message of an unexpected error may hold text."""
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("request %s failed: %s at\n%s", request_id, type(error).__name__, places)


def _of_the_framework(error: StarletteHTTPException) -> Refusal:
    match error.status_code:
        case 400:
            code, message = "invalid_json", "the body cannot be read as JSON in UTF-8"
        case 404:
            code, message = "not_found", "nothing is here; /openapi.json lists what there is"
        case 405:
            allowed = (error.headers or {}).get("Allow", "another method")
            code, message = "method_not_allowed", f"expected {allowed} here"
        case status:
            phrase = HTTPStatus(status).phrase.lower()
            code, message = phrase.replace(" ", "_"), phrase
    return Refusal(error.status_code, code, message, headers=error.headers)


def _invalid_request(problems: Sequence[Mapping[str, Any]]) -> Refusal:
    """The first problem that pydantic found, without the input that pydantic adds."""
    problem = problems[0]
    kind, place = problem["type"], [part for part in problem["loc"] if part != "[key]"]
    if kind == "json_invalid":
        message = f"the body is not JSON: it goes wrong at character {place[-1]}"
        return Refusal(400, "invalid_json", message)
    field = ".".join(_name(part) for part in place[1:])  # the first part is "body"
    if kind == "missing" and not field:
        return Refusal(400, "invalid_json", "the body is empty; expected a JSON object")
    where = field or "the body"
    match kind:
        case "missing_text" | "text_and_sentences":
            field, message = "text", problem["msg"]
        case "extra_forbidden":
            message = f"{where}: unknown field; /openapi.json lists the known ones"
        case "string_unicode":
            message = f"{where}: not valid Unicode, half a surrogate pair in it"
        case "string_too_short" | "too_short":
            message = f"{where}: empty; expected at least one"
        case _:
            expected = _EXPECTED.get(kind, problem["msg"].removeprefix("Input should be "))
            found = _JSON_TYPES.get(type(problem.get("input")), "something else")
            message = f"{where}: expected {expected}; found {found}"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Refusal(422, "invalid_request", message + more, field=field or None)


def _name(part: object) -> str:
    """A part of a field's path; a client that sends its text as a name does not get it back."""
    return str(part) if _FIT_NAME.fullmatch(str(part)) else "(name left out)"
