"""Perspective's `comments:analyze`, for clients of a service that closes.

Each label is an attribute, its name in capitals. A sentence is a span; the summary is the highest
score of a sentence, because one loaded sentence makes a loaded comment.
"""

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from sayso.engine.options import Options
from sayso.engine.report import Report
from sayso.labels import LABELS
from sayso.server.errors import Refusal
from sayso.server.reloadable import ReloadableModel
from sayso.server.request_checks import require_json, require_length
from sayso.server.request_context import context_of
from sayso.server.scheduler import Scheduler, score_text
from sayso.server.schemas import REFUSALS, error_responses
from sayso.server.settings import Limits

ATTRIBUTES = {label.upper(): label for label in LABELS}


class _Lenient(BaseModel):
    """Ignores fields that have no meaning here."""

    model_config = ConfigDict(strict=True, extra="ignore")


class Comment(_Lenient):
    """The comment to analyse."""

    text: str = Field(min_length=1)
    type: Literal["PLAIN_TEXT", "HTML"] = "PLAIN_TEXT"


class Attribute(_Lenient):
    """Options of a requested attribute."""

    scoreType: Literal["PROBABILITY"] = "PROBABILITY"  # noqa: N815
    scoreThreshold: float = Field(default=0.0, ge=0, le=1)  # noqa: N815


class AnalyzeRequest(_Lenient):
    """The fields of Perspective's `AnalyzeCommentRequest` that are used."""

    comment: Comment
    requestedAttributes: dict[str, Attribute] = Field(  # noqa: N815
        min_length=1, json_schema_extra={"propertyNames": {"enum": list(ATTRIBUTES)}}
    )
    languages: list[str] = []
    spanAnnotations: bool = False  # noqa: N815
    clientToken: str = Field(default="", max_length=1_000)  # noqa: N815


def answer(report: Report, request: AnalyzeRequest) -> dict[str, Any]:
    """A report in Perspective's format; offsets count UTF-16 units, as Perspective's do."""
    scores: dict[str, dict[str, Any]] = {}
    for name, options in request.requestedAttributes.items():
        label = ATTRIBUTES[name]
        spans = [
            (sentence, sentence.scores[label]) for sentence in report.sentences if sentence.scores
        ]
        summary = max((value for _, value in spans), default=0.0)
        if summary < options.scoreThreshold:
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


def add_routes(app: FastAPI, model: ReloadableModel, scheduler: Scheduler, limits: Limits) -> None:
    """Add `/v1alpha1/comments:analyze`."""

    @app.post(
        "/v1alpha1/comments:analyze",
        responses=error_responses(*REFUSALS),
        dependencies=[Depends(require_json)],
        tags=["Perspective"],
    )
    async def analyze(
        http: Request,
        request: AnalyzeRequest,
        key: Annotated[str, Query(description="Checked before the body is read.")] = "",
    ) -> dict[str, Any]:
        """Analyse a comment, as Perspective did."""
        unknown = [name for name in request.requestedAttributes if name not in ATTRIBUTES]
        if unknown:
            raise Refusal(
                422,
                "invalid_request",
                f"unknown attribute; expected {', '.join(ATTRIBUTES)}",
                field="requestedAttributes",
            )
        record, text = context_of(http.scope), request.comment.text
        require_length(len(text), "comment.text", limits)
        options = Options(offset_unit="utf16")
        report = await score_text(scheduler, record, model.scorer, text, options)
        return answer(report, request)
