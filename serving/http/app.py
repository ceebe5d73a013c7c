"""The routes, as a FastAPI app that any ASGI server can run; BentoML runs it in service.py."""

import asyncio
import json
import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from email.message import Message as Headline
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.bundle import Bundle
from models.labels import KIND_MEANINGS, LABEL_MEANINGS
from serving.engine import Engine
from serving.http.errors import Refusal, answer_errors
from serving.http.schemas import ErrorAnswer, InfoAnswer, ReportAnswer, ScoreRequest
from serving.http.settings import Limits
from serving.options import Options
from serving.report import OffsetUnit, Report

SCORED_AT_ONCE = 4
"""Texts that one process scores side by side: enough that a short one need not wait for one long
one, few enough that memory stays small.
"""

_PAGE = Path(__file__).parent / "page" / "index.html"
_REFUSALS = {
    400: "The body is not JSON.",
    413: "The body, the text or the list of sentences is longer than the limit.",
    415: "The body is not declared as application/json, or it is compressed.",
    422: "The JSON is not a request that can be answered; `field` says where.",
    500: "A mistake of the server.",
    503: "The model cannot be used at the moment.",
    504: "The text was not scored in time.",
}


def create_app(engine: Engine, limits: Limits) -> FastAPI:
    """The HTTP service around `engine`: each route, each error, and the page."""
    app = FastAPI(
        title="Sayso",
        version="1",
        summary="Marks hedging, unverified attribution and loaded framing in English news.",
        docs_url=None,  # FastAPI's pages of documentation load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    threads = ThreadPoolExecutor(SCORED_AT_ONCE, thread_name_prefix="score")
    info = InfoAnswer.model_validate(_info(engine.bundle, limits))
    page = _PAGE.read_text(encoding="utf-8")
    page_headers = {
        "content-security-policy": _content_security_policy(page),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }

    @app.post(
        "/v1/score",
        response_model=ReportAnswer,
        responses=_documented(*_REFUSALS),
        dependencies=[Depends(_require_json)],
    )
    async def score(request: ScoreRequest) -> Response:
        """Score one document: a text to split into sentences, or sentences."""
        _require_within(request, limits)
        loop = asyncio.get_running_loop()
        scoring = loop.run_in_executor(threads, lambda: report_json(score_one(engine, request)))
        try:
            body = await asyncio.wait_for(scoring, limits.seconds)
        except TimeoutError:
            raise Refusal(
                504,
                "too_slow",
                f"the text was not scored within {limits.seconds} seconds; send a shorter one or "
                "try again when the server has less to do",
                limit=limits.seconds,
            ) from None
        return Response(body, media_type="application/json")

    @app.get("/v1/info", responses=_documented(500))
    async def read_info() -> InfoAnswer:
        """The model, its labels with thresholds and calibration, and this server's limits."""
        return info

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def read_page() -> HTMLResponse:
        return HTMLResponse(page, headers=page_headers)

    app.add_middleware(BodyLimit, limit=limits.body_bytes)
    answer_errors(app)
    return app


def score_one(engine: Engine, request: ScoreRequest) -> Report:
    """The engine's report on what was asked."""
    thresholds = dict[str, float](request.thresholds.items())
    options = Options(request.labels, thresholds, request.offset_unit)
    if "text" in request.model_fields_set:
        return engine.score(request.text, options)
    return engine.score_sentences(request.sentences, options)


def report_json(report: Report) -> bytes:
    """A report as it goes over the wire."""
    return json.dumps(report.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()


class BodyLimit:
    """Refuses a body longer than `limit` bytes as soon as that is known.

    A plain ASGI piece, because the length must be counted where none is declared.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self.limit:
            raise self._refusal()
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise self._refusal()
            return message

        await self.app(scope, receive_counted, send)

    def _refusal(self) -> Refusal:
        return Refusal(
            413,
            "body_too_large",
            f"the body is longer than {self.limit:,} bytes; send the document in parts",
            limit=self.limit,
        )


def _require_json(request: Request) -> None:
    """Only `application/json`: other types reach a server from foreign pages without a preflight.

    FastAPI has read the body by now, but looks at what this says before it looks at the body.
    """
    declared = Headline()
    declared["content-type"] = request.headers.get("content-type", "none/none")
    encoding = request.headers.get("content-encoding", "identity").lower()
    if declared.get_content_type() != "application/json" or encoding != "identity":
        raise Refusal(
            415,
            "unsupported_media_type",
            "expected the header 'Content-Type: application/json' and a body that is not "
            "compressed",
        )


def _require_within(request: ScoreRequest, limits: Limits) -> None:
    characters = len(request.text) + sum(map(len, request.sentences))
    field = "text" if "text" in request.model_fields_set else "sentences"
    if characters > limits.text_characters:
        raise Refusal(
            413,
            "text_too_long",
            f"{field} has {characters:,} characters; expected at most "
            f"{limits.text_characters:,}, send the document in parts",
            field=field,
            limit=limits.text_characters,
        )
    if len(request.sentences) > limits.sentences:
        raise Refusal(
            413,
            "too_many_sentences",
            f"there are {len(request.sentences):,} sentences; expected at most "
            f"{limits.sentences:,}, send them in parts",
            field="sentences",
            limit=limits.sentences,
        )


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorAnswer, "description": _REFUSALS[status]} for status in statuses}


def _content_security_policy(page: str) -> str:
    """Nothing loads but this page's own style and script, which are known by their hashes."""

    def sources(tag: str) -> str:
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digests = [b64encode(sha256(block.encode()).digest()).decode() for block in blocks]
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; style-src {sources('style')}; script-src {sources('script')}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _info(bundle: Bundle, limits: Limits) -> dict[str, Any]:
    manifest = bundle.manifest
    return {
        "model": {
            "name": manifest.name,
            "version": manifest.version,
            "digest": bundle.digest,
            "model": bundle.model_version,
            "created": manifest.created,
            "base_network": manifest.base_network,
            "precision": manifest.precision,
        },
        "labels": [
            {"label": label, "meaning": LABEL_MEANINGS[label], **asdict(settings)}
            for label, settings in manifest.labels.items()
        ],
        "kinds": [{"kind": kind, "meaning": meaning} for kind, meaning in KIND_MEANINGS.items()],
        "offset_units": list(get_args(OffsetUnit)),
        "limits": asdict(limits),
    }
