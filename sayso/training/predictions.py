"""A bundle's predictions for many examples at once, for evaluation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.engine.evidence import evidence_spans
from sayso.engine.prediction import sigmoid
from sayso.engine.scorer import Scorer
from sayso.labels import LABELS
from sayso.training.corpora import Example
from sayso.training.metrics import Float64Array


class Predictions:
    """A bundle's predictions for examples: the shipped labels and the auxiliary heads."""

    def __init__(self, scorer: Scorer, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.predictions = scorer.predict([example.text for example in examples])
        self.labels = scorer.bundle.manifest.labels
        self.auxiliary = scorer.bundle.manifest.auxiliary

    def scores(self, head: str) -> Float64Array:
        """Probabilities of a label, or of an auxiliary head (uncalibrated), shape [examples]."""
        if head in LABELS:
            calibration = self.labels[head].calibration
            return np.array([one.probability(head, calibration) for one in self.predictions])
        return sigmoid(self.logits(head))

    def logits(self, head: str) -> Float64Array:
        """Logits of a label or an auxiliary head, shape [examples]."""
        column = (*LABELS, *self.auxiliary).index(head)
        return np.array([one.sentence_logits[column] for one in self.predictions], np.float64)

    def threshold(self, label: str) -> float:
        """The shipped threshold of a label."""
        return self.labels[label].threshold

    def flags(self, label: str) -> NDArray[np.bool_]:
        """Decisions on a label at the shipped threshold, shape [examples]."""
        return np.asarray(self.scores(label) >= self.threshold(label))

    def spans(
        self, index: int, label: str, threshold: float | None = None
    ) -> list[tuple[int, int]]:
        """Evidence of the example at `index`, whether it is flagged or not.

        `threshold` is of words; by default, the bundle's.
        """
        found = evidence_spans(
            self.examples[index].text,
            *self.predictions[index].word_probabilities(label),
            self.labels[label].evidence_threshold if threshold is None else threshold,
        )
        return [(start, end) for start, end, _ in found]


def targets_of(examples: Sequence[Example], head: str) -> Float64Array:
    """The labels of the examples for a head, 0 or 1, shape [examples]."""
    return np.array([float(example.targets[head] >= 0.5) for example in examples])
