"""Marks per 1,000 words, with the interval that chance allows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

_Z_95 = 1.96
PER = 1000


@dataclass(slots=True)
class DensityEstimate:
    """Adds up documents, of which it keeps sums only: for each label those of the marks, of their
    squares, and of their products with the words.
    """

    documents: int = 0
    words: int = 0
    _word_squares: int = 0
    _marks: Counter[str] = field(default_factory=Counter)
    _squares: Counter[str] = field(default_factory=Counter)
    _products: Counter[str] = field(default_factory=Counter)

    def add(self, words: int, marks: Mapping[str, int]) -> None:
        """Add a document, or a part of one."""
        if not words:
            return
        self.documents += 1
        self.words += words
        self._word_squares += words * words
        for label, count in marks.items():
            self._marks[label] += count
            self._squares[label] += count * count
            self._products[label] += count * words

    def merge(self, other: "DensityEstimate") -> None:
        """Add the documents of another estimate."""
        self.documents += other.documents
        self.words += other.words
        self._word_squares += other._word_squares
        self._marks.update(other._marks)
        self._squares.update(other._squares)
        self._products.update(other._products)

    def density(self, label: str) -> float:
        """Marks per 1,000 words."""
        return PER * self._marks[label] / max(1, self.words)

    def interval(self, label: str) -> tuple[float, float]:
        """The bounds of the density's 95 % confidence interval.

        Documents are sampled, not words: marks come in clusters. So the variance is that of a ratio
        of two sums over documents (Cochran, Sampling Techniques, 1977, ch. 6). From a single
        document it cannot be estimated, and both bounds are the density itself.
        """
        density = self.density(label)
        if self.documents < 2:
            return density, density
        ratio, n = density / PER, self.documents
        spread = self._squares[label] - 2 * ratio * self._products[label]
        spread += ratio**2 * self._word_squares
        error = sqrt(max(0.0, spread) * n / (n - 1)) / self.words
        margin = PER * _Z_95 * error
        return max(0.0, density - margin), density + margin
