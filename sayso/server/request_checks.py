"""Checks of a request before anything is scored."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from sayso.engine.options import Options
from sayso.engine.report_builder import ReportBuilder
from sayso.engine.scorer import Scorer
from sayso.engine.text_checks import require_unicode
from sayso.errors import InputError
from sayso.server.errors import Refusal, as_refusal
from sayso.server.request_context import RequestContext
from sayso.server.schemas import BatchDocument, RequestDocument, ScoreOptions
from sayso.server.settings import Limits


def report_starter(
    scorer: Scorer, document: RequestDocument, options: ScoreOptions, context: RequestContext
) -> Callable[[], ReportBuilder]:
    """A function that starts the report on a document, for a thread of the scheduler."""
    thresholds: Mapping[str, float] = {str(one): at for one, at in options.thresholds.items()}
    chosen = Options(options.labels, thresholds, options.offset_unit)
    if document.field == "text":
        return lambda: scorer.begin(document.text, chosen, context.stopwatch)
    return lambda: scorer.begin_sentences(document.sentences, chosen, context.stopwatch)


def validate_document(sent: Any, limits: Limits) -> BatchDocument | Refusal:
    """One document of a batch, or the reason why it is invalid."""
    try:
        document = BatchDocument.model_validate(sent)
        require_within(document, limits)
        for index, sentence in enumerate(document.sentences):
            require_unicode(sentence, f"sentences[{index}]")
    except ValidationError as error:
        problems = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        return as_refusal(RequestValidationError(problems))
    except (Refusal, InputError) as error:
        return as_refusal(error)
    return document


def document_id(sent: Any) -> str | int | None:
    """A document's id, if it has one that fits into an answer."""
    try:
        document_id: str | int | None = BatchDocument(id=sent["id"], text=" ").id
    except (TypeError, KeyError, ValidationError):
        return None
    return document_id


async def require_json(request: Request) -> None:
    """Accept `application/json` only: pages of other origins may send other types without a
    preflight.

    FastAPI has read the body by now, but runs this before it validates the body. A coroutine,
    because FastAPI would call a plain function in a thread.
    """
    declared = request.headers.get("content-type", "")
    if declared.partition(";")[0].strip().lower() != "application/json":
        raise Refusal(
            415,
            "unsupported_media_type",
            "expected the header 'Content-Type: application/json'",
        )


def require_within(document: RequestDocument, limits: Limits) -> None:
    """Check a document against the limits.

    Raises:
        Refusal: 413 with the limit, if the document is larger.
    """
    require_length(document.characters, document.field, limits)
    if len(document.sentences) > limits.sentences:
        raise Refusal(
            413,
            "too_many_sentences",
            f"there are {len(document.sentences):,} sentences; expected at most "
            f"{limits.sentences:,}, send them in parts",
            field="sentences",
            limit=limits.sentences,
        )


def require_length(characters: int, field: str, limits: Limits) -> None:
    """Check the length of a text against the limits.

    Raises:
        Refusal: 413 with the limit, if the text is longer.
    """
    if characters > limits.text_characters:
        raise Refusal(
            413,
            "text_too_long",
            f"{field} has {characters:,} characters; expected at most "
            f"{limits.text_characters:,}, send the document in parts",
            field=field,
            limit=limits.text_characters,
        )
