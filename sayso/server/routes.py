"""The routes of `/v1`: one document, a batch, a stream, and information about this server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from sayso.server.answers import report_answer, sentence_answer, to_json
from sayso.server.errors import Refusal, as_refusal, error_body, log_failure
from sayso.server.info import InfoAnswer, info
from sayso.server.keys import Keys
from sayso.server.reloadable import ReloadableModel
from sayso.server.request_checks import (
    document_id,
    report_starter,
    require_json,
    require_within,
    validate_document,
)
from sayso.server.request_context import RequestContext, context_of
from sayso.server.scheduler import Scheduler, score_in_steps, score_whole
from sayso.server.schemas import (
    REFUSALS,
    BatchAnswer,
    BatchDocument,
    BatchRequest,
    ReportAnswer,
    ScoreRequest,
    error_responses,
)
from sayso.server.settings import ServerSettings

FIRST_STEPS = (4, 16, 64)
"""Sentences in a stream's first steps: few, so that the first ones arrive at once."""
STREAM_TAIL = 1.0
"""Seconds before the deadline at which a stream ends itself with an error line."""


def create_router(
    model: ReloadableModel, scheduler: Scheduler, keys: Keys, settings: ServerSettings
) -> APIRouter:
    """The routes of `/v1`."""
    router = APIRouter(prefix="/v1")
    limits = settings.limits
    post: dict[str, Any] = {
        "responses": error_responses(*REFUSALS),
        "dependencies": [Depends(require_json)],
    }

    @router.post("/score", response_model=ReportAnswer, **post)
    async def score(request: ScoreRequest, http: Request) -> Response:
        """Score one document: a text to split into sentences, or sentences."""
        require_within(request, limits)
        begin = report_starter(model.scorer, request, request, context_of(http.scope))
        with scheduler.admit(request.characters) as ticket:
            builder = await score_whole(scheduler, ticket, context_of(http.scope), begin)
        return JSONResponse(report_answer(builder.report(), request))

    @router.post("/score/batch", response_model=BatchAnswer, **post)
    async def score_batch(request: BatchRequest, http: Request) -> Response:
        """Score several documents; an invalid one does not fail the others."""
        if len(request.documents) > limits.documents:
            raise Refusal(
                413,
                "too_many_documents",
                f"there are {len(request.documents):,} documents; expected at most "
                f"{limits.documents:,}, send them in parts",
                field="documents",
                limit=limits.documents,
            )
        context, scorer = context_of(http.scope), model.scorer
        documents = [validate_document(one, limits) for one in request.documents]
        characters = sum(one.characters for one in documents if isinstance(one, BatchDocument))
        results = []
        with scheduler.admit(characters) as ticket:
            for sent, document in zip(request.documents, documents, strict=True):
                result: dict[str, Any] = {"id": document_id(sent)}
                if isinstance(document, BatchDocument):
                    begin = report_starter(scorer, document, request, context)
                    builder = await score_whole(scheduler, ticket, context, begin)
                    result["report"] = report_answer(builder.report(), request)
                else:
                    result |= error_body(document)
                results.append(result)
        return JSONResponse({"results": results})

    @router.post(
        "/score/stream",
        response_class=StreamingResponse,
        **{**post, "responses": {200: _STREAM, **post["responses"]}},
    )
    async def score_stream(request: ScoreRequest, http: Request) -> Response:
        """Score one document; a line of NDJSON for each sentence, as soon as it is ready."""
        require_within(request, limits)
        context = context_of(http.scope)
        lines = stream(context, request)
        first = await anext(lines)  # an error before the first line still gets its status
        return _Lines(context, first, lines)

    @router.get("/info", responses=error_responses(401, 429, 500))
    async def read_info() -> InfoAnswer:
        """The model, its labels with thresholds and calibration, and this server's limits."""
        return InfoAnswer.model_validate(info(model.scorer, keys, settings))

    async def stream(context: RequestContext, request: ScoreRequest) -> AsyncGenerator[bytes]:
        begin = report_starter(model.scorer, request, request, context)
        with scheduler.admit(request.characters) as ticket:
            steps = score_in_steps(scheduler, ticket, context, begin, FIRST_STEPS)
            async with aclosing(steps):
                while True:
                    try:
                        async with asyncio.timeout_at(context.due - STREAM_TAIL):
                            builder, sentences = await anext(steps)
                    except TimeoutError:
                        message = "not all sentences were scored in time"
                        raise Refusal(504, "too_slow", message) from None
                    lines = (
                        to_json({"sentence": sentence_answer(one, request)}) for one in sentences
                    )
                    yield b"".join(line + b"\n" for line in lines)
                    if builder.is_done:
                        break
        end = report_answer(builder.report(), request)
        del end["sentences"]
        yield to_json({"report": end}) + b"\n"

    return router


_STREAM = {
    "description": "A line for each sentence, then one with the rest of the report or an error.",
    "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
}


class _Lines(StreamingResponse):
    """The lines of a stream. An error after the first line becomes the last line."""

    def __init__(self, context: RequestContext, first: bytes, rest: AsyncGenerator[bytes]) -> None:
        self._rest = rest
        self._all = self._to_the_end(context, first)
        super().__init__(self._all, media_type="application/x-ndjson")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette leaves the generators, and the ticket with them, to the garbage collector when
        # a reader goes away.
        async with aclosing(self._rest), aclosing(self._all):
            await super().__call__(scope, receive, send)

    async def _to_the_end(self, context: RequestContext, first: bytes) -> AsyncGenerator[bytes]:
        try:
            yield first
            async for part in self._rest:
                yield part
        except Exception as error:
            log_failure(error, context.id)
            refusal = as_refusal(error)
            context.code = refusal.code
            yield to_json({**error_body(refusal), "request_id": context.id}) + b"\n"
