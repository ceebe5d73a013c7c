"""The results of an evaluation as plain records, for tables, plots and JSON."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from sayso.training.metrics import Float64Array, SentenceMetrics


@dataclass(frozen=True, slots=True)
class SentenceResult:
    """One system on one label of one corpus's test rows, or of a slice of them.

    `threshold_from`: `bundle` for the shipped threshold; `dev` for one chosen on development rows,
    since the corpus defines the label in another way, of the corpus or of its source corpus.
    """

    corpus: str
    label: str
    system: str
    threshold_from: str
    metrics: SentenceMetrics


@dataclass(frozen=True, slots=True)
class FoldsResult:
    """One system on one label over the folds of a corpus, each with the threshold that is best on
    the others; `f1s` has one item for each fold.
    """

    corpus: str
    label: str
    system: str
    rows: int
    f1s: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of the folds."""
        return float(np.mean(self.f1s))

    @property
    def spread(self) -> float:
        """The standard deviation between folds."""
        return float(np.std(self.f1s, ddof=1))


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """Evidence of one label over the characters of the test rows that truly have the label.

    `f1` counts the spans of all these rows; `end_to_end_f1` counts all rows, but only the spans of
    flagged sentences, as users see them.
    """

    corpus: str
    label: str
    precision: float
    recall: float
    f1: float
    end_to_end_f1: float


@dataclass(frozen=True, slots=True)
class KindResult:
    """Accuracy of the kind over the true positives of unverified attribution."""

    corpus: str
    rows: int
    accuracy: float


@dataclass(frozen=True, slots=True)
class FlipResult:
    """Minimal pairs that change only `changes` (a name, a place ...), at the shipped thresholds.

    `flipped` counts the pairs whose members differ in any decision, `by_label` those that differ
    in the decision on one label.
    """

    changes: str
    pairs: int
    flipped: int
    by_label: dict[str, int]


@dataclass(frozen=True, slots=True)
class LeaningResult:
    """Errors at the shipped threshold on test rows from outlets of one leaning.

    `false_alarms` is the share of the rows without the label that are flagged, `misses` of those
    with it that are not; intervals are 95 % (Wilson). `p_false_alarms` and `p_misses` are the
    probabilities of differences between leanings at least as large by chance (chi-squared test).
    """

    label: str
    leaning: str
    rows: int
    positives: int
    false_alarms: float
    false_alarms_interval: tuple[float, float]
    misses: float
    misses_interval: tuple[float, float]
    p_false_alarms: float
    p_misses: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sentence written for Sayso with a wrong decision: it `has` the label or not, but its
    `score` is on the other side of the threshold.
    """

    label: str
    has: bool
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Test rows of one corpus as Sayso scored them for a label; for plots.

    `targets` (0 or 1) and `scores` (0 to 1) have the shape [rows].
    """

    corpus: str
    label: str
    targets: Float64Array
    scores: Float64Array
    threshold: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All results of one bundle."""

    model: str
    recipe: str
    sentences: tuple[SentenceResult, ...]
    folds: tuple[FoldsResult, ...]
    evidence: tuple[EvidenceResult, ...]
    kinds: tuple[KindResult, ...]
    flips: tuple[FlipResult, ...]
    leanings: tuple[LeaningResult, ...]
    mistakes: tuple[Mistake, ...]
    scored: tuple[ScoredRows, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for JSON; without the scored rows."""
        figures = asdict(replace(self, scored=()))
        del figures["scored"]
        return figures
