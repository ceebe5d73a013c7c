"""What got stronger and what got weaker from one text to another."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sayso.comparison.alignment import Pair, align
from sayso.engine.report import Report, Sentence, Summary

_NOTICEABLE = 0.1
"""A difference between two scores of flagged sentences that is worth a word."""
_VERSIONS = 0.2
"""Share of the shorter text's sentences that the other must have to be a version of it."""

Direction = Literal["stronger", "weaker"]


@dataclass(frozen=True, slots=True)
class Change:
    """A label that got stronger or weaker in a sentence; a score is None where there is none."""

    label: str
    direction: Direction
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence before and after, and what changed in it."""

    before: Sentence | None
    after: Sentence | None
    likeness: float
    moved: bool
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Side:
    """A scored text."""

    source: str
    report: Report


class Comparison:
    """Two scored texts. `rows` are their sentences side by side, in the order of the second.

    `versions`: they share enough sentences to be versions of one article. If not, rows mean
    little, and the texts are to be compared as wholes.
    """

    def __init__(self, before: Side, after: Side) -> None:
        self.before = before
        self.after = after
        old, new = before.report.sentences, after.report.sentences
        pairs = align([one.text for one in old], [one.text for one in new])
        self.rows = [_row(pair, old, new) for pair in pairs]
        paired = sum(pair.before is not None and pair.after is not None for pair in pairs)
        self.versions = paired >= _VERSIONS * max(1, min(len(old), len(new)))

    @property
    def labels(self) -> list[str]:
        return list(self.before.report.thresholds)

    def densities(self, label: str) -> tuple[float, float]:
        """Marks per 1,000 words before and after."""
        return self._summary(0).densities[label], self._summary(1).densities[label]

    def flagged(self, label: str) -> tuple[int, int]:
        """Flagged sentences before and after."""
        return self._summary(0).flagged[label], self._summary(1).flagged[label]

    def changed(self, direction: Direction) -> list[Row]:
        """The rows in which a label got stronger, or weaker."""
        return [row for row in self.rows if any(one.direction == direction for one in row.changes)]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values, ready for JSON; rows name sentences by their index."""
        return {
            "before": {"source": self.before.source, **self.before.report.to_dict()},
            "after": {"source": self.after.source, **self.after.report.to_dict()},
            "versions": self.versions,
            "labels": {label: self._figures(label) for label in self.labels},
            "rows": [_record(row) for row in self.rows],
        }

    def _summary(self, side: int) -> Summary:
        return (self.before, self.after)[side].report.summary

    def _figures(self, label: str) -> Mapping[str, Any]:
        before, after = self.densities(label)
        return {
            "flagged": self.flagged(label),
            "densities": (before, after),
            "difference": round(after - before, 2),
        }


def _row(pair: Pair, old: Sequence[Sentence], new: Sequence[Sentence]) -> Row:
    before = None if pair.before is None else old[pair.before]
    after = None if pair.after is None else new[pair.after]
    labels = [
        label
        for one in (before, after)
        if one is not None and one.scores is not None
        for label in one.scores
    ]
    changes = [_change(label, before, after) for label in dict.fromkeys(labels)]
    found = tuple(change for change in changes if change is not None)
    return Row(before, after, round(pair.likeness, 4), pair.moved, found)


def _change(label: str, before: Sentence | None, after: Sentence | None) -> Change | None:
    """Stronger is: flagged now, else more marks, else a score that is noticeably higher."""
    old, new = _strength(label, before), _strength(label, after)
    if not old[0] and not new[0]:
        return None
    if old[:2] == new[:2] and abs(new[2] - old[2]) < _NOTICEABLE:
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


def _record(row: Row) -> dict[str, Any]:
    return {
        "before": None if row.before is None else row.before.index,
        "after": None if row.after is None else row.after.index,
        "likeness": row.likeness,
        "moved": row.moved,
        "changes": [asdict(change) for change in row.changes],
    }
