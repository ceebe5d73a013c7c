"""CORS: the web pages of other origins that may read answers."""

from collections.abc import Collection
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from sayso.server.errors import REQUEST_ID, Refusal, error_answer


class Cors(CORSMiddleware):
    """Starlette's CORS middleware, with the service's error body for a refused preflight."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=tuple(origins),
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type", "x-api-key", REQUEST_ID),
            expose_headers=(REQUEST_ID, "retry-after", "server-timing"),
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        headers = {name: answer.headers[name] for name in answer.headers if name[:8] != "content-"}
        refusal = Refusal(
            400,
            "preflight_refused",
            "the operator of this server does not allow requests from this origin",
            headers=headers,
        )
        identity = uuid4().hex
        refused = error_answer(refusal, identity)
        refused.headers[REQUEST_ID] = identity
        return refused
