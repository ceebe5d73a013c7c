"""Figures of a whole text."""

import re
from collections import Counter
from collections.abc import Sequence

from sayso.engine.report import Sentence, Summary

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
MOST_MARKED = 5


def count_words(text: str) -> int:
    """The words of a text, as densities count them."""
    return len(_WORD.findall(text))


def summarize(sentences: Sequence[Sentence], labels: Sequence[str]) -> Summary:
    """Sum up scored sentences for the given labels."""
    words = sum(count_words(sentence.text) for sentence in sentences)
    flagged = Counter(flag for sentence in sentences for flag in sentence.flags)
    spans = Counter(evidence.label for sentence in sentences for evidence in sentence.evidence)
    kinds = Counter(sentence.kind for sentence in sentences if sentence.kind)
    marked = sorted(
        (sentence for sentence in sentences if sentence.flags), key=_marks, reverse=True
    )
    return Summary(
        sentences=len(sentences),
        words=words,
        flagged={label: flagged[label] for label in labels},
        shares={label: round(flagged[label] / max(1, len(sentences)), 4) for label in labels},
        densities={label: round(1000 * spans[label] / max(1, words), 2) for label in labels},
        kinds=dict(kinds.most_common()),
        most_marked=tuple(sentence.index for sentence in marked[:MOST_MARKED]),
    )


def _marks(sentence: Sentence) -> tuple[int, float]:
    """More labels first, then the higher sum of their scores."""
    scores = sentence.scores or {}
    return len(sentence.flags), sum(scores[flag] for flag in sentence.flags)
