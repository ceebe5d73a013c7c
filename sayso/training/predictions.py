"""A bundle's reading of many examples at once, as evaluations ask for it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.engine.front import Scorer
from sayso.labels import LABELS
from sayso.training.corpora import Example
from sayso.training.metrics import Floats


class Reader:
    """A bundle's scores of examples: the shipped labels and the auxiliary heads."""

    def __init__(self, scorer: Scorer, examples: Sequence[Example]) -> None:
        self.engine = scorer.engine
        self.examples = examples
        self.readings = self.engine.read([example.text for example in examples])
        self.auxiliary = self.engine.bundle.manifest.auxiliary

    def scores(self, head: str) -> Floats:
        """Probabilities of a label, or of an auxiliary head (uncalibrated), shape [examples]."""
        if head in LABELS:
            return np.array([self.engine.probability(one, head) for one in self.readings])
        column = len(LABELS) + self.auxiliary.index(head)
        logits = np.array([one.sentence[column] for one in self.readings], np.float64)
        return np.asarray(1 / (1 + np.exp(-logits)))

    def threshold(self, label: str) -> float:
        """The shipped threshold of a label."""
        return self.engine.bundle.manifest.labels[label].threshold

    def flags(self, label: str) -> NDArray[np.bool_]:
        """Decisions on a label at the shipped threshold, shape [examples]."""
        return np.asarray(self.scores(label) >= self.threshold(label))

    def spans(self, place: int, label: str) -> list[tuple[int, int]]:
        """Evidence of one example, whether it is flagged or not."""
        found = self.engine.evidence(self.examples[place].text, self.readings[place], label)
        return [(start, end) for start, end, _ in found]


def targets_of(examples: Sequence[Example], head: str) -> Floats:
    """What the examples say of a head, 0 or 1, shape [examples]."""
    return np.array([float(example.targets[head] >= 0.5) for example in examples])
