"""A bundle's predictions for many examples at once, for evaluation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.bundle.manifest import Calibration
from sayso.engine.front import Scorer
from sayso.labels import LABELS
from sayso.training.calibration import calibrated
from sayso.training.corpora import Example
from sayso.training.metrics import Float64Array


class Predictions:
    """A bundle's predictions for examples: the shipped labels and the auxiliary heads."""

    def __init__(self, scorer: Scorer, examples: Sequence[Example]) -> None:
        self.engine = scorer.engine
        self.examples = examples
        self.predictions = self.engine.read([example.text for example in examples])
        self.auxiliary = self.engine.bundle.manifest.auxiliary

    def scores(self, head: str) -> Float64Array:
        """Probabilities of a label, or of an auxiliary head (uncalibrated), shape [examples]."""
        if head in LABELS:
            probabilities = (self.engine.probability(found, head) for found in self.predictions)
            return np.fromiter(probabilities, np.float64)
        column = len(LABELS) + self.auxiliary.index(head)
        logits = np.array([found.sentence[column] for found in self.predictions], np.float64)
        return calibrated(Calibration(), logits)

    def threshold(self, label: str) -> float:
        """The shipped threshold of a label."""
        return self.engine.bundle.manifest.labels[label].threshold

    def flags(self, label: str) -> NDArray[np.bool_]:
        """Decisions on a label at the shipped threshold, shape [examples]."""
        return np.asarray(self.scores(label) >= self.threshold(label))

    def spans(self, index: int, label: str) -> list[tuple[int, int]]:
        """Evidence of the example at `index`, whether it is flagged or not."""
        found = self.engine.evidence(self.examples[index].text, self.predictions[index], label)
        return [(start, end) for start, end, _ in found]


def targets_of(examples: Sequence[Example], head: str) -> Float64Array:
    """The labels of the examples for a head, 0 or 1, shape [examples]."""
    return np.array([float(example.targets[head] >= 0.5) for example in examples])
