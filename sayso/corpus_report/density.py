"""Marks per 1,000 words, with the interval that chance allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

_Z_95 = 1.96
PER = 1000


@dataclass(slots=True)
class _Sums:
    """Sums over documents for one label: marks, their squares, and their products with words."""

    marks: float = 0.0
    squares: float = 0.0
    products: float = 0.0


@dataclass(slots=True)
class DensityEstimate:
    """Adds up documents, of which it keeps sums only."""

    documents: int = 0
    words: float = 0.0
    _word_squares: float = 0.0
    _sums: dict[str, _Sums] = field(default_factory=dict)

    def add(self, words: int, marks: Mapping[str, int]) -> None:
        """Add a document, or a part of one."""
        if not words:
            return
        self.documents += 1
        self.words += words
        self._word_squares += words * words
        for label, count in marks.items():
            sums = self._sums.setdefault(label, _Sums())
            sums.marks += count
            sums.squares += count * count
            sums.products += count * words

    def merge(self, other: "DensityEstimate") -> None:
        """Add the documents of another estimate."""
        self.documents += other.documents
        self.words += other.words
        self._word_squares += other._word_squares
        for label, theirs in other._sums.items():
            sums = self._sums.setdefault(label, _Sums())
            sums.marks += theirs.marks
            sums.squares += theirs.squares
            sums.products += theirs.products

    def density(self, label: str) -> float:
        """Marks per 1,000 words."""
        return PER * self._sums.get(label, _Sums()).marks / max(1.0, self.words)

    def interval(self, label: str) -> tuple[float, float]:
        """The bounds of the density's 95 % confidence interval.

        Documents are sampled, not words: marks come in clusters. So the variance is that of a ratio
        of two sums over documents (Cochran, Sampling Techniques, 1977, ch. 6). From a single
        document it cannot be estimated, and both bounds are the density itself.
        """
        density = self.density(label)
        if self.documents < 2:
            return density, density
        sums, ratio, n = self._sums.get(label, _Sums()), density / PER, self.documents
        spread = sums.squares - 2 * ratio * sums.products + ratio**2 * self._word_squares
        error = sqrt(max(0.0, spread) * n / (n - 1)) / self.words
        margin = PER * _Z_95 * error
        return max(0.0, density - margin), density + margin
