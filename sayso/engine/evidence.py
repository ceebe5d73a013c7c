"""Evidence: from word probabilities to the spans that carry a label."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sayso.engine.report import Evidence


def evidence_spans(
    text: str,
    words: Sequence[tuple[int, int]],
    probabilities: NDArray[np.float32],
    threshold: float,
) -> list[tuple[int, int, float]]:
    """Start, end and score of each span of a label that the sentence has.

    Words whose probability reaches the threshold are evidence, and neighbours form one span. If no
    word reaches it, the most probable word is taken: a flag without a word to show would be a
    verdict without a reason.

    Args:
        text: the sentence.
        words: half-open code-point ranges in it, in order.
        probabilities: float32 [words].
        threshold: probability from which on a word is evidence.
    """
    is_word = [any(map(str.isalnum, text[start:end])) for start, end in words]
    chosen = [float(probability) >= threshold for probability in probabilities]
    if not any(choice and word for choice, word in zip(chosen, is_word, strict=True)):
        candidates = [index for index, word in enumerate(is_word) if word]
        if not candidates:
            return []
        chosen[max(candidates, key=lambda index: probabilities[index])] = True
    spans = []
    for is_chosen, group in groupby(range(len(words)), key=chosen.__getitem__):
        inside = [index for index in group if is_word[index]]
        if is_chosen and inside:  # without the punctuation at the edges
            first, last = inside[0], inside[-1]
            score = float(max(probabilities[first : last + 1]))
            spans.append((words[first][0], words[last][1], score))
    return spans


def locate_evidence(
    label: str,
    spans: Sequence[tuple[int, int, float]],
    offset: int,
    quoted: Sequence[tuple[int, int]],
) -> list[Evidence]:
    """Spans of a sentence as evidence in the text, in which the sentence starts at `offset`.

    `quoted` are the text's ranges inside quotation marks, in order.
    """
    return [
        Evidence(
            label,
            start + offset,
            end + offset,
            round(score, 4),
            _is_inside(start + offset, end + offset, quoted),
        )
        for start, end, score in spans
    ]


def _is_inside(start: int, end: int, ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether one of the ranges, which are in order and do not overlap, covers start to end."""
    index = bisect_right(ranges, start, key=lambda span: span[0]) - 1
    return index >= 0 and end <= ranges[index][1]
