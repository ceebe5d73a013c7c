"""A request id, security headers, and an answer to every error."""

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.server.errors import REQUEST_ID, as_refusal, error_answer, log_failure
from sayso.server.request_context import RequestContext

_FIT_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}


class ErrorBoundary:
    """Gives each request a context with an id, and answers every error raised inside.

    Starlette's own handler raises unexpected errors again, and the server would log their
    messages, which may hold text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        context = RequestContext(sent if _FIT_REQUEST_ID.fullmatch(sent) else uuid4().hex)
        scope.setdefault("state", {})["context"] = context
        answering = False

        async def send_with_headers(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = context.id
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            log_failure(error, context.id)
            if answering:  # too late for an error answer: the server must drop the connection
                raise ConnectionAbortedError("the answer broke off") from None
            await error_answer(as_refusal(error), context.id)(scope, receive, send_with_headers)
