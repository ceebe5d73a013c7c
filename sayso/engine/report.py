"""The result of scoring: evidence, sentences, summary, report.

Offsets are half-open and count code points of the scored text, or UTF-16 code units where
`offset_unit` says so; `text[start:end]` is exact.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import normalize

OffsetUnit = Literal["codepoint", "utf16"]

_QUOTES = str.maketrans("‘’‚‛“”„‟«»", '\'\'\'\'""""""')
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of words that carries a label.

    `score` is the network's probability for the span's strongest word; `quoted` means that the
    span is inside quotation marks.
    """

    label: str
    start: int
    end: int
    score: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and its marks.

    `scores` maps each label to a calibrated probability; it is None for a sentence without a
    letter or digit. `flags` are the labels whose score reaches the threshold, and only they have
    evidence. `kind` is that of the unverified attribution, if there is one.
    """

    index: int
    start: int
    end: int
    text: str
    scores: Mapping[str, float] | None
    flags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    kind: str | None = None

    @property
    def fingerprint(self) -> str:
        """The sentence's name in an ignore list; see the function `fingerprint`."""
        return fingerprint(self.text)

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


def summarize(sentences: Sequence[Sentence], labels: Sequence[str]) -> Summary:
    """Sum up scored sentences for the given labels."""
    words = sum(count_words(sentence.text) for sentence in sentences)
    flagged = Counter(flag for sentence in sentences for flag in sentence.flags)
    spans = Counter(evidence.label for sentence in sentences for evidence in sentence.evidence)
    kinds = Counter(sentence.kind for sentence in sentences if sentence.kind)
    marked = sorted(
        (sentence for sentence in sentences if sentence.flags), key=_marks, reverse=True
    )
    return Summary(
        sentences=len(sentences),
        words=words,
        flagged={label: flagged[label] for label in labels},
        shares={label: round(flagged[label] / max(1, len(sentences)), 4) for label in labels},
        densities={label: round(1000 * spans[label] / max(1, words), 2) for label in labels},
        kinds=dict(kinds.most_common()),
        most_marked=tuple(sentence.index for sentence in marked[:5]),
    )


def count_words(text: str) -> int:
    """The number of words in a text, as densities count them."""
    return len(_WORD.findall(text))


def fingerprint(text: str) -> str:
    """12 hexadecimal digits of SHA-256 that name a sentence wherever it moves.

    White space, the form of quotation marks and Unicode normalization do not count: they change
    when a text moves from one program to another. Every other edit makes a new sentence.
    """
    plain = " ".join(normalize("NFKC", text.translate(_QUOTES)).split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _marks(sentence: Sentence) -> tuple[int, float]:
    """More labels first, then the higher sum of their scores."""
    scores = sentence.scores or {}
    return len(sentence.flags), sum(scores[flag] for flag in sentence.flags)


def _fields(record: Any) -> dict[str, Any]:
    """As `dataclasses.asdict`, which copies every value and takes ten times as long."""
    return {name: getattr(record, name) for name in record.__slots__}
