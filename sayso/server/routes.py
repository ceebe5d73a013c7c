"""The routes of `/v1`: one document, a batch, a stream, and what this server is."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sayso.server.errors import Refusal, as_refusal, error_body, log_failure
from sayso.server.info import InfoAnswer, info
from sayso.server.keys import Keys
from sayso.server.openapi import REFUSALS, documented
from sayso.server.reloadable import LoadedModel
from sayso.server.request_checks import (
    identity,
    opening,
    read_document,
    require_json,
    require_within,
)
from sayso.server.request_context import Record, record_of
from sayso.server.scheduler import Turns, score_in_turns, score_whole
from sayso.server.schemas import (
    BatchAnswer,
    BatchDocument,
    BatchRequest,
    ReportAnswer,
    ScoreRequest,
)
from sayso.server.settings import Settings
from sayso.server.wire import dumped, of_sentence, wire

FIRST_STEPS = (4, 16, 64)
"""Sentences of a stream's first steps: whoever reads along sees the first ones at once."""
STREAM_TAIL = 1.0
"""Seconds before the deadline at which a stream ends itself, with a last line that says so."""


def create_router(model: LoadedModel, turns: Turns, keys: Keys, settings: Settings) -> APIRouter:
    """The routes of `/v1`."""
    router = APIRouter(prefix="/v1")
    limits = settings.limits
    post: dict[str, Any] = {
        "responses": documented(*REFUSALS),
        "dependencies": [Depends(require_json)],
    }

    @router.post("/score", response_model=ReportAnswer, **post)
    async def score(request: ScoreRequest, http: Request) -> Response:
        """Score one document: a text to split into sentences, or sentences."""
        require_within(request, limits)
        begin = opening(model.scorer, request, request, record_of(http.scope))
        with turns.enter(request.characters) as place:
            builder = await score_whole(turns, place, record_of(http.scope), begin)
        return Response(dumped(wire(builder.report(), request)), media_type="application/json")

    @router.post("/score/batch", response_model=BatchAnswer, **post)
    async def score_batch(request: BatchRequest, http: Request) -> Response:
        """Score several documents; one that is wrong does not fail the others."""
        if len(request.documents) > limits.documents:
            raise Refusal(
                413,
                "too_many_documents",
                f"there are {len(request.documents):,} documents; expected at most "
                f"{limits.documents:,}, send them in parts",
                field="documents",
                limit=limits.documents,
            )
        record, scorer = record_of(http.scope), model.scorer
        documents = [read_document(one, limits) for one in request.documents]
        characters = sum(one.characters for one in documents if isinstance(one, BatchDocument))
        results = []
        with turns.enter(characters) as place:
            for sent, document in zip(request.documents, documents, strict=True):
                result: dict[str, Any] = {"id": identity(sent)}
                if isinstance(document, BatchDocument):
                    begin = opening(scorer, document, request, record)
                    builder = await score_whole(turns, place, record, begin)
                    result["report"] = wire(builder.report(), request)
                else:
                    result |= error_body(document)
                results.append(result)
        return Response(dumped({"results": results}), media_type="application/json")

    @router.post(
        "/score/stream",
        response_class=StreamingResponse,
        **{**post, "responses": {200: _STREAM, **post["responses"]}},
    )
    async def score_stream(request: ScoreRequest, http: Request) -> Response:
        """Score one document, a line of NDJSON a sentence, as soon as it is ready."""
        require_within(request, limits)
        record = record_of(http.scope)
        lines = stream(record, request)
        first = await anext(lines)  # what can be refused is refused with a status
        return _Lines(record, first, lines)

    @router.get("/info", responses=documented(401, 429, 500))
    async def read_info() -> InfoAnswer:
        """The model, its labels with thresholds and calibration, and this server's limits."""
        return InfoAnswer.model_validate(info(model.scorer, keys, settings))

    async def stream(record: Record, request: ScoreRequest) -> AsyncGenerator[bytes]:
        begin = opening(model.scorer, request, request, record)
        with turns.enter(request.characters) as place:
            steps = score_in_turns(turns, place, record, begin, FIRST_STEPS)
            async with aclosing(steps):
                while True:
                    try:
                        async with asyncio.timeout_at(record.due - STREAM_TAIL):
                            builder, sentences = await anext(steps)
                    except TimeoutError:
                        message = "not all sentences were scored in time"
                        raise Refusal(504, "too_slow", message) from None
                    lines = (dumped({"sentence": of_sentence(one, request)}) for one in sentences)
                    yield b"".join(line + b"\n" for line in lines)
                    if builder.is_done:
                        break
        end = wire(builder.report(), request)
        del end["sentences"]
        yield dumped({"report": end}) + b"\n"

    return router


_STREAM = {
    "description": "A line a sentence, then one with the rest of the report, or with an error.",
    "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
}


class _Lines(StreamingResponse):
    """The lines of a stream. What goes wrong once the answer has begun is its last line."""

    def __init__(self, record: Record, first: bytes, rest: AsyncGenerator[bytes]) -> None:
        self._rest = rest
        self._all = self._to_the_end(record, first)
        super().__init__(self._all, media_type="application/x-ndjson")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Closed here, because Starlette leaves them to the garbage collector when a reader goes
        # away, and the place in the queue with them.
        async with aclosing(self._rest), aclosing(self._all):
            await super().__call__(scope, receive, send)

    async def _to_the_end(self, record: Record, first: bytes) -> AsyncGenerator[bytes]:
        try:
            yield first
            async for part in self._rest:
                yield part
        except Exception as error:
            log_failure(error, record.id)
            refusal = as_refusal(error)
            record.code = refusal.code
            yield dumped({**error_body(refusal), "request_id": record.id}) + b"\n"
