"""Which sentence of one text became which sentence of another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count

from sayso.engine.report import fingerprint

LEAST_ALIKE = 0.45
"""Of the words of two sentences, those they share; below this, one is no version of the other."""
_MOVED = 0.8
"""Alike enough to be the same sentence in another place."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Places of a sentence before and after; None where it was added or taken out.

    `likeness`: the share of their words that is in both, 0 to 1. `moved`: it stands elsewhere now.
    """

    before: int | None
    after: int | None
    likeness: float
    moved: bool = False


def align(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """All sentences of both texts, in the order of the second, each in one pair.

    Equal sentences hold the texts together. Between them sentences are paired in their order so
    that the sum of their likeness is greatest; of what is left, those that only moved are found.
    """
    words = [_words(text) for text in before], [_words(text) for text in after]
    hashes = [fingerprint(text) for text in before], [fingerprint(text) for text in after]
    pairs: list[Pair] = []
    matcher = SequenceMatcher(None, *hashes, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pairs += [Pair(i, j, 1.0) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
        else:
            pairs += _aligned(words, range(i1, i2), range(j1, j2))
    return _with_moves(pairs, words)


Words = tuple[Sequence[frozenset[str]], Sequence[frozenset[str]]]


def _words(text: str) -> frozenset[str]:
    """The words of a sentence, a repeated one by its number: `the`, `the 1`."""
    seen: dict[str, Iterator[int]] = {}
    numbered = []
    for word in _WORD.findall(text.casefold()):
        number = next(seen.setdefault(word, count()))
        numbered.append(f"{word} {number}" if number else word)
    return frozenset(numbered)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the words of two sentences that is in both (Dice's coefficient)."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


def _aligned(words: Words, before: range, after: range) -> list[Pair]:
    """The pairs of two stretches that have no sentence in common (Needleman and Wunsch, 1970)."""
    gains = [[likeness(words[0][i], words[1][j]) - LEAST_ALIKE for j in after] for i in before]
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + gains[i][j])
    pairs, i, j = [], 0, 0
    while i < len(before) or j < len(after):
        inside = i < len(before) and j < len(after)
        if inside and gains[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + gains[i][j]:
            pairs.append(Pair(before[i], after[j], gains[i][j] + LEAST_ALIKE))
            i, j = i + 1, j + 1
        elif i < len(before) and best[i][j] == best[i + 1][j]:
            pairs.append(Pair(before[i], None, 0.0))
            i += 1
        else:
            pairs.append(Pair(None, after[j], 0.0))
            j += 1
    return pairs


def _with_moves(pairs: Sequence[Pair], words: Words) -> list[Pair]:
    """The pairs, with what was taken out in one place and added in another as one of them."""
    gone = {pair.before for pair in pairs if pair.after is None and pair.before is not None}
    came = [pair.after for pair in pairs if pair.before is None and pair.after is not None]
    moves: dict[int, Pair] = {}
    for j in came:
        found = max(gone, key=lambda i: likeness(words[0][i], words[1][j]), default=None)
        if found is not None and (like := likeness(words[0][found], words[1][j])) >= _MOVED:
            gone.remove(found)
            moves[j] = Pair(found, j, like, moved=True)
    moved_away = {pair.before for pair in moves.values()}
    return [
        moves.get(pair.after, pair) if pair.after is not None else pair
        for pair in pairs
        if pair.after is not None or pair.before not in moved_away
    ]
