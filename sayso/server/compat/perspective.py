"""Perspective's `comments:analyze`, for clients of a service that closes.

Each label is an attribute of the same name in capitals. A sentence is a span; the summary is the
highest sentence, as one loaded sentence makes a loaded comment.
"""

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from sayso.engine.options import Options
from sayso.engine.report import Report
from sayso.labels import LABELS
from sayso.server.errors import Refusal
from sayso.server.openapi import REFUSALS, documented
from sayso.server.reloadable import LoadedModel
from sayso.server.request_checks import require_json, require_length
from sayso.server.request_context import record_of
from sayso.server.scheduler import Turns, score_whole
from sayso.server.settings import Limits

ATTRIBUTES = {label.upper(): label for label in LABELS}


class _Lenient(BaseModel):
    """Clients send more than is looked at here."""

    model_config = ConfigDict(strict=True, extra="ignore")


class Comment(_Lenient):
    """What is to be analysed."""

    text: str = Field(min_length=1)
    type: Literal["PLAIN_TEXT", "HTML"] = "PLAIN_TEXT"


class Attribute(_Lenient):
    """How an attribute is wished for."""

    scoreType: Literal["PROBABILITY"] = "PROBABILITY"  # noqa: N815
    scoreThreshold: float = Field(default=0.0, ge=0, le=1)  # noqa: N815


class AnalyzeRequest(_Lenient):
    """Perspective's `AnalyzeCommentRequest`, as far as it is looked at."""

    comment: Comment
    requestedAttributes: dict[str, Attribute] = Field(  # noqa: N815
        min_length=1, json_schema_extra={"propertyNames": {"enum": list(ATTRIBUTES)}}
    )
    languages: list[str] = []
    spanAnnotations: bool = False  # noqa: N815
    clientToken: str = Field(default="", max_length=1_000)  # noqa: N815


def answer(report: Report, request: AnalyzeRequest) -> dict[str, Any]:
    """A report as Perspective would say it; offsets count UTF-16 units, as its own do."""
    scores: dict[str, dict[str, Any]] = {}
    for name, wished in request.requestedAttributes.items():
        label = ATTRIBUTES[name]
        spans = [
            (sentence, sentence.scores[label]) for sentence in report.sentences if sentence.scores
        ]
        summary = max((value for _, value in spans), default=0.0)
        if summary < wished.scoreThreshold:
            continue
        scores[name] = {"summaryScore": _score(summary)}
        if request.spanAnnotations:
            scores[name]["spanScores"] = [
                {"begin": sentence.start, "end": sentence.end, "score": _score(value)}
                for sentence, value in spans
            ]
    answered: dict[str, Any] = {"attributeScores": scores, "languages": ["en"]}
    if request.clientToken:
        answered["clientToken"] = request.clientToken
    return answered


def _score(value: float) -> dict[str, Any]:
    return {"value": value, "type": "PROBABILITY"}


def add_routes(app: FastAPI, model: LoadedModel, turns: Turns, limits: Limits) -> None:
    """Add `/v1alpha1/comments:analyze`."""

    @app.post(
        "/v1alpha1/comments:analyze",
        responses=documented(*REFUSALS),
        dependencies=[Depends(require_json)],
        tags=["Perspective"],
    )
    async def analyze(
        http: Request,
        request: AnalyzeRequest,
        key: Annotated[str, Query(description="Looked at by the gate, before the body.")] = "",
    ) -> dict[str, Any]:
        """Analyse a comment, as Perspective did."""
        record = record_of(http.scope)
        unknown = [name for name in request.requestedAttributes if name not in ATTRIBUTES]
        if unknown:
            raise Refusal(
                422,
                "invalid_request",
                f"this server knows the attributes {', '.join(ATTRIBUTES)}, and no others",
                field="requestedAttributes",
            )
        text = request.comment.text
        require_length(len(text), "comment.text", limits)
        options, scorer = Options(offset_unit="utf16"), model.scorer
        with turns.enter(len(text)) as place:
            builder = await score_whole(
                turns, place, record, lambda: scorer.begin(text, options, record.watch)
            )
        return answer(builder.report(), request)
