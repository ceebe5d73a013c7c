"""Which sentence of one text became which sentence of another.

Time and memory grow with the product of the numbers of sentences between two equal ones, by
less than 0.1 µs and one byte a pair: NumPy handles a row of pairs at a time.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count

import numpy as np
from numpy.typing import NDArray

from sayso.engine.report import fingerprint

_MIN_LIKENESS = 0.45
"""Less alike sentences are no versions of each other."""
_MIN_LIKENESS_OF_MOVED = 0.8
"""Alike enough to be the same sentence elsewhere in the text."""
_WORD = re.compile(r"\w+")
_ADDED, _REMOVED, _PAIRED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices of a sentence before and after; None where it was added or taken out.

    `likeness`: the share of their words that is in both, 0 to 1. `moved`: its order has changed.
    """

    before: int | None
    after: int | None
    likeness: float
    moved: bool = False


def align(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """All sentences of both texts, in the order of the second, each in one pair.

    Equal sentences are anchors. Between them sentences are paired in their order so that the sum of
    their likeness is greatest; in the remaining ones, those that only moved are found.
    """
    likeness = _Likeness(before, after)
    hashes = [fingerprint(text) for text in before], [fingerprint(text) for text in after]
    pairs: list[Pair] = []
    matcher = SequenceMatcher(None, *hashes, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pairs += [Pair(i, j, 1.0) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
        else:
            pairs += _align_block(likeness, range(i1, i2), range(j1, j2))
    return _with_moves(pairs, likeness)


class _Likeness:
    """The share of the words of two sentences that is in both (Dice's coefficient)."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        self._before = [_words(text) for text in before]
        words_after = [_words(text) for text in after]
        self._sizes = np.array([len(words) for words in words_after], dtype=np.int64)
        containing = defaultdict(list)
        for index, words in enumerate(words_after):
            for word in words:
                containing[word].append(index)
        self._containing = {word: np.array(found) for word, found in containing.items()}

    def row(self, before: int) -> NDArray[np.float64]:
        """The likeness of a sentence of the first text to each of the second, shape (after,)."""
        words = self._before[before]
        nowhere = np.array([], dtype=np.int64)
        found = [self._containing.get(word, nowhere) for word in words]
        shared = np.bincount(np.concatenate([nowhere, *found]), minlength=len(self._sizes))
        return 2 * shared / np.maximum(1, len(words) + self._sizes)


def _words(text: str) -> frozenset[str]:
    """The words of a sentence, a repeated one with its number: `the`, `the 1`."""
    seen: dict[str, Iterator[int]] = {}
    numbered = []
    for word in _WORD.findall(text.casefold()):
        number = next(seen.setdefault(word, count()))
        numbered.append(f"{word} {number}" if number else word)
    return frozenset(numbered)


def _align_block(likeness: _Likeness, before: range, after: range) -> list[Pair]:
    """The pairs of two blocks without a common sentence (Needleman and Wunsch, 1970)."""
    steps = _best_steps(likeness, before, after)
    pairs, i, j = [], 0, 0
    while i < len(before) or j < len(after):
        if i == len(before):
            step = _ADDED
        elif j == len(after):
            step = _REMOVED
        else:
            step = int(steps[i, j])
        first = before[i] if step != _ADDED else None
        second = after[j] if step != _REMOVED else None
        alike = likeness.row(before[i])[after[j]] if step == _PAIRED else 0.0
        pairs.append(Pair(first, second, float(alike)))
        i += step != _ADDED
        j += step != _REMOVED
    return pairs


def _best_steps(likeness: _Likeness, before: range, after: range) -> NDArray[np.uint8]:
    """What to do first with the sentences from (i, j) on, shape (before, after)."""
    steps = np.zeros((len(before), len(after)), dtype=np.uint8)
    below = np.zeros(len(after) + 1)  # greatest sums of gains from (i + 1, j) on
    for i in reversed(range(len(before))):
        gains = likeness.row(before[i])[after.start : after.stop] - _MIN_LIKENESS
        paired = below[1:] + gains
        sums = np.maximum(below[:-1], paired)
        best = np.maximum.accumulate(sums[::-1])[::-1]
        steps[i][best == below[:-1]] = _REMOVED
        steps[i][(gains > 0) & (best == paired)] = _PAIRED
        below[:-1] = best
    return steps


def _with_moves(pairs: Sequence[Pair], likeness: _Likeness) -> list[Pair]:
    """The pairs, with a sentence taken out and added elsewhere as one of them."""
    removed = [pair.before for pair in pairs if pair.after is None and pair.before is not None]
    added = [pair.after for pair in pairs if pair.before is None and pair.after is not None]
    candidates: dict[int, list[tuple[float, int]]] = {j: [] for j in added}
    for i in removed if added else ():
        row = likeness.row(i)[added]
        for k in np.flatnonzero(row >= _MIN_LIKENESS_OF_MOVED):
            candidates[added[k]].append((float(row[k]), i))
    moves: dict[int, Pair] = {}
    moved_away: set[int] = set()
    for j in added:
        free = [(alike, i) for alike, i in candidates[j] if i not in moved_away]
        if free:
            alike, i = max(free, key=lambda candidate: candidate[0])
            moved_away.add(i)
            moves[j] = Pair(i, j, alike, moved=True)
    return [
        moves.get(pair.after, pair) if pair.after is not None else pair
        for pair in pairs
        if pair.after is not None or pair.before not in moved_away
    ]
