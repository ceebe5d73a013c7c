"""What is measured, as plain functions of arrays."""

from collections.abc import Sequence
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

Floats = NDArray[np.float64]
Spans = Sequence[tuple[int, int]]

RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class SentenceMetrics:
    """How well sentences are told apart; `interval` is the 95 % bootstrap interval of F1."""

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


def sentence_metrics(targets: Floats, scores: Floats, threshold: float) -> SentenceMetrics:
    """Metrics of scores (0 to 1) against targets (0 or 1), both [rows]."""
    flags = scores >= threshold
    rng = np.random.default_rng(0)
    draws = [rng.integers(len(targets), size=len(targets)) for _ in range(RESAMPLES)]
    f1s = [f1_of(targets[draw], flags[draw]) for draw in draws]
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


def expected_calibration_error(targets: Floats, scores: Floats, bins: int = 10) -> float:
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


def best_threshold(targets: Floats, scores: Floats, *, macro: bool = False) -> float:
    """The threshold with the best F1 (of the positives, or macro), made steady by bootstrapping.

    The best threshold of a few hundred rows follows single rows. The median of the best ones
    over resamples of the rows follows them less.
    """
    rng = np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES):
        draw = rng.integers(len(targets), size=len(targets))
        found.append(_best_cut(targets[draw], scores[draw], macro=macro))
    return float(np.median(found))


def character_f1(gold: Sequence[Spans], predicted: Sequence[Spans]) -> tuple[float, float, float]:
    """Precision, recall and F1 over the characters of all spans of all sentences."""
    counts = [overlap(*pair) for pair in zip(gold, predicted, strict=True)]
    hits, said, right = (sum(column) for column in zip(*counts, strict=True))
    return hits / max(1, said), hits / max(1, right), 2 * hits / max(1, said + right)


def overlap(gold: Spans, predicted: Spans) -> tuple[int, int, int]:
    """Characters of one sentence that both mark, that are predicted, and that are gold."""
    right = {place for start, end in gold for place in range(start, end)}
    said = {place for start, end in predicted for place in range(start, end)}
    return len(right & said), len(said), len(right)


def f1_of(targets: Floats, flags: NDArray[np.bool_]) -> float:
    """F1 of decisions against targets (0 or 1), both [rows]."""
    hits = float(targets[flags].sum())
    return 2 * hits / max(1.0, float(flags.sum() + targets.sum()))


def _best_cut(targets: Floats, scores: Floats, *, macro: bool) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(targets[order])
    flagged = np.arange(1, len(order) + 1)
    positives, rows = targets.sum(), len(targets)
    f1 = 2 * hits / (flagged + positives)
    if macro:
        unflagged = rows - flagged
        right = unflagged - (positives - hits)
        f1 = (f1 + 2 * right / np.maximum(1, unflagged + rows - positives)) / 2
    best = int(f1.argmax())
    below = scores[order[best + 1]] if best + 1 < rows else 0.0
    # Half-way to the next score, so that the cut does not sit on a row.
    return float((scores[order[best]] + below) / 2)
