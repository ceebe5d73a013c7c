"""What got stronger and what got weaker from one text to another."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, Literal, NamedTuple

from sayso.comparison.alignment import Pair, align
from sayso.engine.report import Report, Sentence
from sayso.labels import LABEL_INFO

_MIN_DIFFERENCE = 0.1
"""Smaller differences between two scores of flagged sentences are not reported."""
_MIN_SHARED = 0.2
"""Share of the shorter text's sentences that the other must have to be a version of it."""

NOT_VERSIONS = (
    "These texts share hardly a sentence, so they are compared as wholes, not sentence by sentence."
)

Direction = Literal["stronger", "weaker"]


@dataclass(frozen=True, slots=True)
class Change:
    """A label that got stronger or weaker in a sentence; a score is None where there is none."""

    label: str
    direction: Direction
    before: float | None
    after: float | None

    @property
    def text(self) -> str:
        """The label with its score before and after: `hedging 0.91 → –`."""
        scores = ("–" if score is None else f"{score:.2f}" for score in (self.before, self.after))
        return f"{LABEL_INFO[self.label].name} {' → '.join(scores)}"


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence before and after, and what changed in it."""

    before: Sentence | None
    after: Sentence | None
    likeness: float
    moved: bool
    changes: Sequence[Change]

    @property
    def status(self) -> str:
        """What became of the sentence as a whole; empty where it kept its place."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "taken out"
        return "moved" if self.moved else ""

    @property
    def is_same(self) -> bool:
        """Whether the same sentence is in the same place."""
        return self.likeness == 1 and not self.moved

    def to_dict(self) -> dict[str, Any]:
        """The row as plain values; it names sentences by their index."""
        return {
            "before": None if self.before is None else self.before.index,
            "after": None if self.after is None else self.after.index,
            "likeness": self.likeness,
            "moved": self.moved,
            "changes": [asdict(change) for change in self.changes],
        }


class FigureChange(NamedTuple):
    """A label's figures before and after, as they are shown."""

    label: str
    flagged: str
    density: str
    change: str
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A scored text."""

    source: str
    report: Report


class Comparison:
    """Two scored texts. `rows` are their sentences side by side, in the order of the second.

    `are_versions`: they share enough sentences to be versions of one article. If not, rows mean
    little, and the texts are to be compared as wholes.
    """

    def __init__(self, before: ComparedText, after: ComparedText) -> None:
        self.before = before
        self.after = after
        old, new = before.report.sentences, after.report.sentences
        pairs = align([sentence.text for sentence in old], [sentence.text for sentence in new])
        self.rows = [_row(pair, old, new) for pair in pairs]
        shared = sum(pair.before is not None and pair.after is not None for pair in pairs)
        self.are_versions = shared >= _MIN_SHARED * max(1, min(len(old), len(new)))

    @property
    def labels(self) -> list[str]:
        return list(self.before.report.thresholds)

    def densities(self, label: str) -> tuple[float, float]:
        """Marks per 1,000 words before and after."""
        before, after = self.before.report.summary, self.after.report.summary
        return before.densities[label], after.densities[label]

    def flagged(self, label: str) -> tuple[int, int]:
        """Flagged sentences before and after."""
        before, after = self.before.report.summary, self.after.report.summary
        return before.flagged[label], after.flagged[label]

    def changed(self, direction: Direction) -> list[Row]:
        """The rows in which a label got stronger, or weaker."""
        return [
            row for row in self.rows if any(change.direction == direction for change in row.changes)
        ]

    def figure_rows(self) -> list[FigureChange]:
        """The table of figures, a row for each label."""
        return [self._figure_row(label) for label in self.labels]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values, ready for JSON."""
        return {
            "before": {"source": self.before.source, **self.before.report.to_dict()},
            "after": {"source": self.after.source, **self.after.report.to_dict()},
            "versions": self.are_versions,
            "labels": {label: self._figures(label) for label in self.labels},
            "rows": [row.to_dict() for row in self.rows],
        }

    def _figures(self, label: str) -> dict[str, Any]:
        before, after = self.densities(label)
        return {
            "flagged": self.flagged(label),
            "densities": (before, after),
            "difference": round(after - before, 2),
        }

    def _figure_row(self, label: str) -> FigureChange:
        old, new = self.flagged(label)
        before, after = self.densities(label)
        flagged, density = f"{old:,} → {new:,}", f"{before:.1f} → {after:.1f}"
        difference = round(after - before, 1)
        if not difference:
            return FigureChange(label, flagged, density, "same", None)
        direction: Direction = "stronger" if difference > 0 else "weaker"
        change = f"{difference:+.1f}".replace("-", "−")
        return FigureChange(label, flagged, density, change, direction)


def _row(pair: Pair, old: Sequence[Sentence], new: Sequence[Sentence]) -> Row:
    before = None if pair.before is None else old[pair.before]
    after = None if pair.after is None else new[pair.after]
    scores = [sentence.scores or {} for sentence in (before, after) if sentence is not None]
    changes = [_change(label, before, after) for label in dict.fromkeys(chain(*scores))]
    found = tuple(change for change in changes if change is not None)
    return Row(before, after, round(pair.likeness, 4), pair.moved, found)


def _change(label: str, before: Sentence | None, after: Sentence | None) -> Change | None:
    """Stronger is: flagged now, else more marks, else a score that is noticeably higher."""
    old, new = _strength(label, before), _strength(label, after)
    if not old[0] and not new[0]:
        return None
    if old[:2] == new[:2] and abs(new[2] - old[2]) < _MIN_DIFFERENCE:
        return None
    direction: Direction = "stronger" if new > old else "weaker"
    return Change(label, direction, _score(label, before), _score(label, after))


def _strength(label: str, sentence: Sentence | None) -> tuple[bool, int, float]:
    if sentence is None:
        return False, 0, 0.0
    marks = sum(found.label == label for found in sentence.evidence)
    return label in sentence.flags, marks, _score(label, sentence) or 0.0


def _score(label: str, sentence: Sentence | None) -> float | None:
    return None if sentence is None else (sentence.scores or {}).get(label)
