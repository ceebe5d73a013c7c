"""The wire format: requests and answers.

The answers mirror `sayso/engine/report.py` field by field, which `tests/server/test_schemas.py`
checks. They document the wire format for OpenAPI and for clients; the engine's own report is sent.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from sayso.engine.report import OffsetUnit

LabelName = Literal["hedging", "unverified_attribution", "loaded_framing"]
KindName = Literal["unnamed", "no_source", "second_hand", "withheld"]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]

EXAMPLE_TEXT = "Officials said the dam could fail."


def _without_default(schema: dict[str, Any]) -> None:
    """The default means "not given": it is never sent, and a client that sends it is refused."""
    del schema["default"]
    schema |= schema.pop("anyOf", [{}])[0]  # without the null that is the default


def one_of(*names: str) -> list[JsonValue]:
    """In a schema: exactly one of these fields."""
    return [{"required": [name]} for name in names]


class Strict(BaseModel):
    """Converts nothing and refuses unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class RequestDocument(Strict):
    """One document: a `text` to split, or `sentences` that were split before."""

    model_config = ConfigDict(json_schema_extra={"oneOf": one_of("text", "sentences")})

    text: str = Field(
        default="",
        min_length=1,
        description="An article or a part of it, paragraphs separated by newlines.",
        json_schema_extra=_without_default,
    )
    sentences: list[str] = Field(
        default=[],
        min_length=1,
        description="Scored one by one, never split further; offsets count in each on its own.",
        json_schema_extra=_without_default,
    )

    @property
    def field(self) -> Literal["text", "sentences"]:
        """The field that is given."""
        return "text" if "text" in self.model_fields_set else "sentences"

    @property
    def characters(self) -> int:
        """The length of the text or of all sentences, in code points."""
        return len(self.text) + sum(map(len, self.sentences))

    @model_validator(mode="after")
    def _text_or_sentences(self) -> Self:
        given = self.model_fields_set & {"text", "sentences"}
        if not given:
            raise PydanticCustomError("missing_text", "expected 'text' or 'sentences'; found none")
        if len(given) == 2:
            raise PydanticCustomError(
                "text_and_sentences", "expected 'text' or 'sentences'; found both, send one"
            )
        return self


def _identity(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise PydanticCustomError("no_identity", "Input should be a string or an integer")
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "half a surrogate pair") from None
    return value


class BatchDocument(RequestDocument):
    """One document of a batch."""

    # A plain union would report each of its types as an error of its own.
    id: Annotated[Any, PlainValidator(_identity, json_schema_input_type=str | int | None)] = Field(
        default=None, description="Comes back with the result."
    )


class ScoreOptions(Strict):
    """Options of a request."""

    offset_unit: OffsetUnit = Field(
        default="codepoint",
        description="What offsets count: code points, or UTF-16 code units as in JavaScript.",
    )
    thresholds: dict[LabelName, Probability] = Field(
        default={},
        description="A label is flagged from this score; by default the model's own threshold.",
        examples=[{"hedging": 0.7}],
    )
    labels: list[LabelName] = Field(
        default=["hedging", "unverified_attribution", "loaded_framing"],
        min_length=1,
        description="The labels to score; by default all.",
    )
    evidence: bool = Field(default=True, description="Whether sentences carry their evidence.")
    include_text: bool = Field(default=True, description="Whether sentences repeat their text.")


class ScoreRequest(RequestDocument, ScoreOptions):
    """One document and its options."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": one_of("text", "sentences"),
            "examples": [{"text": EXAMPLE_TEXT, "offset_unit": "utf16"}],
        }
    )


class BatchRequest(ScoreOptions):
    """Several documents and the options for all of them."""

    documents: list[Any] = Field(
        min_length=1,
        description="Each `{id, text}` or `{id, sentences}`. An invalid one gets an error of its "
        "own in the answer; the others are scored.",
        examples=[[{"id": "a", "text": EXAMPLE_TEXT}]],
    )


class EvidenceAnswer(Strict):
    """A span of words that carries a label."""

    label: LabelName
    start: Count = Field(description="First offset of the span.")
    end: Count = Field(description="Offset after the span: half-open.")
    score: Probability = Field(description="Of the span's strongest word.")
    quoted: bool = Field(description="Whether it is inside quotation marks.")


class SentenceAnswer(Strict):
    """One sentence, its scores and its evidence."""

    index: Count
    start: Count
    end: Count
    text: str = Field(
        default="",
        description="Absent with `include_text: false`.",
        json_schema_extra=_without_default,
    )
    scores: dict[LabelName, Probability] | None = Field(
        description="Calibrated probabilities; null if the sentence has no letter and no digit."
    )
    flags: list[LabelName] = Field(description="Labels whose score reaches the threshold.")
    evidence: list[EvidenceAnswer] = Field(
        default=[],
        description="The words behind each flag, in order. Absent with `evidence: false`.",
        json_schema_extra=_without_default,
    )
    kind: KindName | None = Field(description="Kind of the unverified attribution, if flagged.")


class SummaryAnswer(Strict):
    """Figures of the whole text."""

    sentences: Count
    words: Count
    flagged: dict[LabelName, Count] = Field(description="Sentences with the label.")
    shares: dict[LabelName, Probability] = Field(description="Flagged sentences per sentence.")
    densities: dict[LabelName, Annotated[float, Field(ge=0)]] = Field(
        description="Evidence spans per 1,000 words."
    )
    kinds: dict[KindName, Count]
    most_marked: list[Count] = Field(description="Up to five sentences, most marked first.")


class WarningAnswer(Strict):
    """A warning to the reader of the report."""

    code: str = Field(examples=["not_english", "long_sentence"])
    message: str
    sentence: Count | None = Field(description="Index of the sentence concerned.")


class ReportAnswer(Strict):
    """The result for one document."""

    model: str = Field(
        description="Changes whenever answers may change.", examples=["base-1+1f0c2a9b"]
    )
    offset_unit: OffsetUnit
    thresholds: dict[LabelName, Probability]
    sentences: list[SentenceAnswer]
    summary: SummaryAnswer
    warnings: list[WarningAnswer]


class BatchResult(Strict):
    """One document's report or error."""

    model_config = ConfigDict(json_schema_extra={"oneOf": one_of("report", "error")})

    id: str | int | None = Field(description="The document's id; null if it has none.")
    report: ReportAnswer | None = Field(default=None, json_schema_extra=_without_default)
    error: "ErrorDetail | None" = Field(default=None, json_schema_extra=_without_default)


class BatchAnswer(Strict):
    """A result for each document, in the order of the request."""

    results: list[BatchResult]


class ErrorDetail(Strict):
    """An error: a code for programs, a message for people."""

    code: str = Field(examples=["invalid_request"])
    message: str = Field(examples=["text: expected a string; found a number"])
    field: str = Field(
        default="",
        description="The invalid part of the request, as a dotted path; only if known.",
        examples=["text"],
        json_schema_extra=_without_default,
    )
    limit: int = Field(
        default=0,
        description="The limit that was exceeded; only if there is one.",
        json_schema_extra=_without_default,
    )


class ErrorAnswer(Strict):
    """The body of every error, whatever its status."""

    error: ErrorDetail
    request_id: str = Field(description="Also in the header x-request-id and in the server's log.")


REFUSALS = {
    400: "The body is not valid JSON.",
    401: "The key is missing or unknown.",
    408: "The body did not arrive in time.",
    413: "The body, the text, the list of sentences or of documents is longer than the limit.",
    415: "The body is not declared as application/json, or is compressed.",
    422: "The request is invalid; `field` names the part.",
    429: "This key or address has sent too many requests; see `Retry-After`.",
    500: "An error in the server.",
    503: "The server is overloaded, is stopping, or cannot use its model; see `Retry-After`.",
    504: "The text was not scored in time.",
}


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route, for OpenAPI."""
    return {status: {"model": ErrorAnswer, "description": REFUSALS[status]} for status in statuses}
