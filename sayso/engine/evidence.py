"""From word probabilities to spans that a reader can be shown."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.engine.report import Evidence


def evidence_spans(
    text: str,
    words: Sequence[tuple[int, int]],
    probabilities: NDArray[np.float32],
    threshold: float,
) -> list[tuple[int, int, float]]:
    """Start, end and score of each span of one label in one sentence.

    Words from the threshold on are evidence, and neighbours form one span. A sentence is asked
    only when its label is flagged, so where no word reaches the threshold the strongest one
    stands in: a flag without a word to show would be a verdict without a reason.

    Args:
        text: the sentence.
        words: half-open code-point ranges in it, in order.
        probabilities: float32 [words].
        threshold: probability from which on a word is evidence.
    """
    wordlike = [any(map(str.isalnum, text[start:end])) for start, end in words]
    chosen = [float(p) >= threshold for p in probabilities]
    if not any(choice and like for choice, like in zip(chosen, wordlike, strict=True)):
        candidates = [place for place, like in enumerate(wordlike) if like]
        if not candidates:
            return []
        chosen[max(candidates, key=lambda place: probabilities[place])] = True
    spans = []
    place = 0
    while place < len(words):
        first = place
        while place < len(words) and chosen[place]:
            place += 1
        inside = [at for at in range(first, place) if wordlike[at]]
        if inside:  # punctuation at the edges is no part of a span
            score = float(max(probabilities[inside[0] : inside[-1] + 1]))
            spans.append((words[inside[0]][0], words[inside[-1]][1], score))
        place += 1
    return spans


def place_evidence(
    label: str,
    spans: Sequence[tuple[int, int, float]],
    offset: int,
    quoted: Sequence[tuple[int, int]],
) -> list[Evidence]:
    """Spans of a sentence as evidence in the text, where the sentence starts at `offset`.

    `quoted` are the text's ranges inside quotation marks, in order.
    """
    return [
        Evidence(
            label,
            start + offset,
            end + offset,
            round(score, 4),
            _covered(start + offset, end + offset, quoted),
        )
        for start, end, score in spans
    ]


def _covered(start: int, end: int, ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether one of the ranges, which are in order and do not overlap, holds start to end."""
    at = bisect_right(ranges, start, key=lambda one: one[0]) - 1
    return at >= 0 and end <= ranges[at][1]
