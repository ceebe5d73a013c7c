"""What a request brings, checked before anything is scored."""

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
from sayso.server.request_context import Record
from sayso.server.schemas import BatchDocument, Document, ScoreOptions
from sayso.server.settings import Limits


def opening(
    scorer: Scorer, document: Document, options: ScoreOptions, record: Record
) -> Callable[[], ReportBuilder]:
    """What begins the report on a document."""
    thresholds: Mapping[str, float] = {str(one): at for one, at in options.thresholds.items()}
    chosen = Options(options.labels, thresholds, options.offset_unit)
    if document.field == "text":
        return lambda: scorer.begin(document.text, chosen, record.watch)
    return lambda: scorer.begin_sentences(document.sentences, chosen, record.watch)


def read_document(sent: Any, limits: Limits) -> BatchDocument | Refusal:
    """One document of a batch, or why it is none."""
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


def identity(sent: Any) -> str | int | None:
    """A document's id, where it has one that an answer can hold."""
    try:
        identity: str | int | None = BatchDocument(id=sent["id"], text=" ").id
    except (TypeError, KeyError, ValidationError):
        return None
    return identity


async def require_json(request: Request) -> None:
    """Only `application/json`: other types reach a server from foreign pages without a preflight.

    FastAPI has read the body by now, but looks at what this says before it looks at the body. It
    waits for nothing: FastAPI would call a plain function in a thread.
    """
    declared = request.headers.get("content-type", "")
    if declared.partition(";")[0].strip().lower() != "application/json":
        raise Refusal(
            415,
            "unsupported_media_type",
            "expected the header 'Content-Type: application/json'",
        )


def require_within(document: Document, limits: Limits) -> None:
    """Refuse a document that is longer than the limits.

    Raises:
        Refusal: 413, with the limit.
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
    """Refuse a text that is longer than the limits.

    Raises:
        Refusal: 413, with the limit.
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
