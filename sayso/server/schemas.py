"""The shapes that go over the wire: what a request may hold, what an answer holds.

The answers mirror `sayso/engine/report.py` field by field: `tests/server/test_schemas.py` holds
them together. They are written down here for the OpenAPI document and for clients, and the
engine's report itself is what gets sent.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from sayso.engine.report import OffsetUnit

Label = Literal["hedging", "unverified_attribution", "loaded_framing"]
Kind = Literal["unnamed", "no_source", "second_hand", "withheld"]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]

EXAMPLE_TEXT = "Officials said the dam could fail."


def _without_default(schema: dict[str, Any]) -> None:
    """The default only says "not given": it is never sent, and a client that does is refused."""
    del schema["default"]
    schema |= schema.pop("anyOf", [{}])[0]  # without the null that is the default


def _one_of(*names: str) -> list[JsonValue]:
    """In a schema: one of these fields has to be there, and no more."""
    return [{"required": [name]} for name in names]


class Wire(BaseModel):
    """Nothing is guessed or converted, nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Document(Wire):
    """One document: a `text` to split, or `sentences` that were split before."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _one_of("text", "sentences")})

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
        """Which of both is given."""
        return "text" if "text" in self.model_fields_set else "sentences"

    @property
    def characters(self) -> int:
        """Of the text, or of all sentences."""
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


class BatchDocument(Document):
    """One document of a batch."""

    # A plain union would report each of its types as an error of its own.
    id: Annotated[Any, PlainValidator(_identity, json_schema_input_type=str | int | None)] = Field(
        default=None, description="Comes back with the result."
    )


class ScoreOptions(Wire):
    """What a caller may wish for."""

    offset_unit: OffsetUnit = Field(
        default="codepoint",
        description="What offsets count: code points, or UTF-16 code units as in JavaScript.",
    )
    thresholds: dict[Label, Probability] = Field(
        default={},
        description="Score from which on a label is flagged; the model's own where left out.",
        examples=[{"hedging": 0.7}],
    )
    labels: list[Label] = Field(
        default=["hedging", "unverified_attribution", "loaded_framing"],
        min_length=1,
        description="The labels wanted; all where left out.",
    )
    evidence: bool = Field(default=True, description="Whether sentences say their evidence.")
    include_text: bool = Field(default=True, description="Whether sentences repeat their text.")


class ScoreRequest(Document, ScoreOptions):
    """One document, and what is wished for."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": _one_of("text", "sentences"),
            "examples": [{"text": EXAMPLE_TEXT, "offset_unit": "utf16"}],
        }
    )


class BatchRequest(ScoreOptions):
    """Several documents, and what is wished for all of them."""

    documents: list[Any] = Field(
        min_length=1,
        description="Each `{id, text}` or `{id, sentences}`. One of another form gets an error of "
        "its own in the answer and does not fail the others.",
        examples=[[{"id": "a", "text": EXAMPLE_TEXT}]],
    )


class EvidenceAnswer(Wire):
    """A span of words that carries a label."""

    label: Label
    start: Count = Field(description="First offset of the span.")
    end: Count = Field(description="Offset after the span: half-open.")
    score: Probability = Field(description="Of the span's strongest word.")
    quoted: bool = Field(description="It stands inside quotation marks.")


class SentenceAnswer(Wire):
    """One sentence and what was found in it."""

    index: Count
    start: Count
    end: Count
    text: str = Field(
        default="", description="Left out if so wished.", json_schema_extra=_without_default
    )
    scores: dict[Label, Probability] | None = Field(
        description="Calibrated probabilities; null where the sentence has no word to read."
    )
    flags: list[Label] = Field(description="Labels whose score reaches the threshold.")
    evidence: list[EvidenceAnswer] = Field(
        default=[],
        description="The words behind each flag, in order. Left out if so wished.",
        json_schema_extra=_without_default,
    )
    kind: Kind | None = Field(description="Kind of the unverified attribution, if it is flagged.")


class SummaryAnswer(Wire):
    """Figures of the whole text."""

    sentences: Count
    words: Count
    flagged: dict[Label, Count] = Field(description="Sentences with the label.")
    shares: dict[Label, Probability] = Field(description="Flagged sentences per sentence.")
    densities: dict[Label, Annotated[float, Field(ge=0)]] = Field(
        description="Evidence spans per 1,000 words."
    )
    kinds: dict[Kind, Count]
    most_marked: list[Count] = Field(description="Up to five sentences, most marked first.")


class WarningAnswer(Wire):
    """Something that a reader of the report should know."""

    code: str = Field(examples=["not_english", "long_sentence"])
    message: str
    sentence: Count | None = Field(description="Index of the sentence that it is about.")


class ReportAnswer(Wire):
    """The result for one document."""

    model: str = Field(description="Changes whenever an answer may.", examples=["base-1+1f0c2a9b"])
    offset_unit: OffsetUnit
    thresholds: dict[Label, Probability]
    sentences: list[SentenceAnswer]
    summary: SummaryAnswer
    warnings: list[WarningAnswer]


class BatchResult(Wire):
    """One document's report, or what was wrong with it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _one_of("report", "error")})

    id: str | int | None = Field(description="As the document has it; null where it has none.")
    report: ReportAnswer | None = Field(default=None, json_schema_extra=_without_default)
    error: "ErrorDetail | None" = Field(default=None, json_schema_extra=_without_default)


class BatchAnswer(Wire):
    """A result for each document, in the order of the request."""

    results: list[BatchResult]


class ErrorDetail(Wire):
    """What went wrong, in words for people and in a code for programs."""

    code: str = Field(examples=["invalid_request"])
    message: str = Field(examples=["text: expected a string; found a number"])
    field: str = Field(
        default="",
        description="The part of the request that is wrong, dotted; only where it is known.",
        examples=["text"],
        json_schema_extra=_without_default,
    )
    limit: int = Field(
        default=0,
        description="The limit that was passed; only where there is one.",
        json_schema_extra=_without_default,
    )


class ErrorAnswer(Wire):
    """The shape of every error, whatever its status."""

    error: ErrorDetail
    request_id: str = Field(description="Also in the header x-request-id, and in the server's log.")
