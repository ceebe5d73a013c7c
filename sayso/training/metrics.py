"""Metrics as plain functions of arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
)

Float64Array = NDArray[np.float64]
Spans = Sequence[tuple[int, int]]

RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class SentenceMetrics:
    """Metrics of one label on some sentences; `interval` is the 95 % bootstrap interval of F1."""

    rows: int
    positives: int
    threshold: float
    precision: float
    recall: float
    f1: float
    macro_f1: float
    mcc: float
    average_precision: float
    calibration_error: float
    interval: tuple[float, float]


def sentence_metrics(
    targets: Float64Array, scores: Float64Array, threshold: float
) -> SentenceMetrics:
    """Metrics of scores (0 to 1) against targets (0 or 1), both [rows]."""
    flags = scores >= threshold
    f1s = [f1_of(targets[draw], flags[draw]) for draw in resamples(len(targets))]
    low, high = np.percentile(f1s, [2.5, 97.5])
    return SentenceMetrics(
        rows=len(targets),
        positives=int(targets.sum()),
        threshold=threshold,
        precision=float(precision_score(targets, flags, zero_division=0)),
        recall=float(recall_score(targets, flags, zero_division=0)),
        f1=f1_of(targets, flags),
        macro_f1=float(f1_score(targets, flags, average="macro", zero_division=0)),
        mcc=float(matthews_corrcoef(targets, flags)),
        average_precision=float(average_precision_score(targets, scores)),
        calibration_error=expected_calibration_error(targets, scores),
        interval=(float(low), float(high)),
    )


def expected_calibration_error(
    targets: Float64Array, scores: Float64Array, bins: int = 10
) -> float:
    """Mean distance between score and share of positives over bins of equal mass.

    Source: Nixon et al., "Measuring Calibration in Deep Learning", 2019 (adaptive binning).
    """
    order = np.argsort(scores, kind="stable")
    return float(
        sum(
            len(rows) / len(targets) * abs(scores[rows].mean() - targets[rows].mean())
            for rows in np.array_split(order, bins)
            if len(rows)
        )
    )


def best_threshold(targets: Float64Array, scores: Float64Array, *, macro: bool = False) -> float:
    """The threshold with the best F1 (of the positives, or macro), made steady by bootstrapping.

    The best threshold of a few hundred rows depends on single rows; the median of the best ones
    over resamples of the rows depends on them less.
    """
    draws = resamples(len(targets))
    return float(np.median([_best_cut(targets[draw], scores[draw], macro) for draw in draws]))


def resamples(rows: int) -> Iterator[NDArray[np.int64]]:
    """Indices of bootstrap resamples of some rows: always the same draws."""
    rng = np.random.default_rng(0)
    for _ in range(RESAMPLES):
        yield rng.integers(rows, size=rows)


def character_f1(gold: Sequence[Spans], predicted: Sequence[Spans]) -> tuple[float, float, float]:
    """Precision, recall and F1 over the characters of all spans of all sentences."""
    counts = [overlap(*pair) for pair in zip(gold, predicted, strict=True)]
    both, found, marked = (sum(column) for column in zip(*counts, strict=True))
    return both / max(1, found), both / max(1, marked), 2 * both / max(1, found + marked)


def overlap(gold: Spans, predicted: Spans) -> tuple[int, int, int]:
    """The number of characters in both, in the predicted spans, and in the gold spans."""
    marked = {offset for start, end in gold for offset in range(start, end)}
    found = {offset for start, end in predicted for offset in range(start, end)}
    return len(marked & found), len(found), len(marked)


def f1_of(targets: Float64Array, flags: NDArray[np.bool_]) -> float:
    """F1 of decisions against targets (0 or 1), both [rows]."""
    hits = float(targets[flags].sum())
    return 2 * hits / max(1.0, float(flags.sum() + targets.sum()))


def _best_cut(targets: Float64Array, scores: Float64Array, macro: bool) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(targets[order])
    flagged = np.arange(1, len(order) + 1)
    positives, rows = targets.sum(), len(targets)
    f1 = 2 * hits / (flagged + positives)
    if macro:
        unflagged = rows - flagged
        rejected = unflagged - (positives - hits)
        f1 = (f1 + 2 * rejected / np.maximum(1, unflagged + rows - positives)) / 2
    best = int(f1.argmax())
    below = scores[order[best + 1]] if best + 1 < rows else 0.0
    # Half-way to the next score, so that the threshold is not the score of a row.
    return float((scores[order[best]] + below) / 2)
