"""What comes out: evidence, sentences, summary, report.

Offsets are half-open and count code points of the scored text, or UTF-16 code units where
`offset_unit` says so; `text[start:end]` is exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

OffsetUnit = Literal["codepoint", "utf16"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of words that carries a label.

    `score` is the network's probability for the span's strongest word; `quoted` says that the
    span stands inside quotation marks.
    """

    label: str
    start: int
    end: int
    score: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and what was found in it.

    `scores` maps each label to a calibrated probability; it is None where there is nothing to
    read (no letter, no digit). `flags` are the labels whose score reaches the threshold, and only
    they have evidence. `kind` is that of the unverified attribution, where there is one.
    """

    index: int
    start: int
    end: int
    text: str
    scores: Mapping[str, float] | None
    flags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    kind: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The sentence as plain dicts, lists, strings and numbers, ready for JSON."""
        return _fields(self) | {"evidence": [_fields(found) for found in self.evidence]}


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a whole text.

    `shares`: flagged sentences of a label per sentence, 0 to 1. `densities`: evidence spans of a
    label per 1,000 words. `most_marked`: indices of up to five sentences, most marked first.
    """

    sentences: int
    words: int
    flagged: Mapping[str, int]
    shares: Mapping[str, float]
    densities: Mapping[str, float]
    kinds: Mapping[str, int]
    most_marked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportWarning:
    """Something that a reader of the report should know; `sentence` is an index or None.

    Codes: `empty_text`, `no_words`, `not_english`, `long_sentence`, `control_characters`.
    """

    code: str
    message: str
    sentence: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The result for one text. `model` names the bundle and changes with any file of it."""

    model: str
    offset_unit: OffsetUnit
    thresholds: Mapping[str, float]
    sentences: tuple[Sentence, ...]
    summary: Summary
    warnings: tuple[ReportWarning, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain dicts, lists, strings and numbers, ready for JSON."""
        return _fields(self) | {
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "summary": _fields(self.summary),
            "warnings": [_fields(warning) for warning in self.warnings],
        }


def _fields(record: Any) -> dict[str, Any]:
    """As `dataclasses.asdict`, which copies whatever it finds and takes ten times as long."""
    return {name: getattr(record, name) for name in record.__slots__}
