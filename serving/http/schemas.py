"""The shapes that go over the wire: what a request may hold, what an answer holds.

The answers mirror `serving/report.py` field by field: `tests/serving/http/test_schemas.py` holds
them together. They are written down here for the OpenAPI document and for clients, and the
engine's report itself is what gets sent.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from serving.report import OffsetUnit

Label = Literal["hedging", "unverified_attribution", "loaded_framing"]
Kind = Literal["unnamed", "no_source", "second_hand", "withheld"]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]

EXAMPLE_TEXT = "Officials said the dam could fail."


def _without_default(schema: dict[str, Any]) -> None:
    """The default only says "not given"; a client that sends it is refused."""
    del schema["default"]


class _Wire(BaseModel):
    """Nothing is guessed or converted, nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ScoreRequest(_Wire):
    """One document: a `text` to split, or `sentences` that were split before."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["text"]}, {"required": ["sentences"]}],
            "examples": [{"text": EXAMPLE_TEXT, "offset_unit": "utf16"}],
        }
    )

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


class EvidenceAnswer(_Wire):
    """A span of words that carries a label."""

    label: Label
    start: Count = Field(description="First offset of the span.")
    end: Count = Field(description="Offset after the span: half-open.")
    score: Probability = Field(description="Of the span's strongest word.")
    quoted: bool = Field(description="It stands inside quotation marks.")


class SentenceAnswer(_Wire):
    """One sentence and what was found in it."""

    index: Count
    start: Count
    end: Count
    text: str
    scores: dict[Label, Probability] | None = Field(
        description="Calibrated probabilities; null where the sentence has no word to read."
    )
    flags: list[Label] = Field(description="Labels whose score reaches the threshold.")
    evidence: list[EvidenceAnswer] = Field(description="The words behind each flag, in order.")
    kind: Kind | None = Field(description="Kind of the unverified attribution, if it is flagged.")


class SummaryAnswer(_Wire):
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


class WarningAnswer(_Wire):
    """Something that a reader of the report should know."""

    code: str = Field(examples=["not_english", "long_sentence"])
    message: str
    sentence: Count | None = Field(description="Index of the sentence that it is about.")


class ReportAnswer(_Wire):
    """The result for one document."""

    model: str = Field(
        description="Changes whenever an answer may.", examples=["newsroom-1+1f0c2a9b"]
    )
    offset_unit: OffsetUnit
    thresholds: dict[Label, Probability]
    sentences: list[SentenceAnswer]
    summary: SummaryAnswer
    warnings: list[WarningAnswer]


class CalibrationInfo(_Wire):
    """probability = sigmoid(slope * logit + intercept)."""

    slope: float
    intercept: float


class LabelInfo(_Wire):
    """A label and how its scores are read."""

    label: Label
    meaning: str
    threshold: Probability
    evidence_threshold: Probability
    calibration: CalibrationInfo


class KindInfo(_Wire):
    """A kind of unverified attribution."""

    kind: Kind
    meaning: str


class LimitsInfo(_Wire):
    """What one request may hold; more is answered with 413 and the limit. After `seconds` it is
    given up and answered with 504.
    """

    body_bytes: int
    text_characters: int
    sentences: int
    seconds: int


class ModelInfo(_Wire):
    """The bundle that answers."""

    name: str
    version: str
    digest: str = Field(description="SHA-256 over the checksums of all its files.")
    model: str = Field(description="As in each report.")
    created: str
    base_network: str
    precision: str


class InfoAnswer(_Wire):
    """What this server runs, and what it takes."""

    model: ModelInfo
    labels: list[LabelInfo]
    kinds: list[KindInfo]
    offset_units: list[OffsetUnit]
    limits: LimitsInfo


class ErrorDetail(_Wire):
    """What went wrong, in words for people and in a code for programs."""

    code: str = Field(examples=["invalid_request"])
    message: str = Field(examples=["thresholds.hedging: expected at most 1, found a number"])
    field: str = Field(
        default="",
        description="The part of the request that is wrong, dotted; only where it is known.",
        examples=["thresholds.hedging"],
        json_schema_extra=_without_default,
    )
    limit: int = Field(
        default=0,
        description="The limit that was passed; only where there is one.",
        json_schema_extra=_without_default,
    )


class ErrorAnswer(_Wire):
    """The shape of every error, whatever its status."""

    error: ErrorDetail
    request_id: str = Field(description="Also in the header x-request-id, and in the server's log.")
