"""Calibration, thresholds and evidence thresholds, from development rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from sayso.bundle.manifest import Calibration, LabelSettings
from sayso.engine.prediction import sigmoid
from sayso.engine.scorer import Scorer
from sayso.labels import LABELS
from sayso.training.corpora import Example
from sayso.training.metrics import Float64Array, Spans, overlap, resamples
from sayso.training.predictions import Predictions

EVIDENCE_THRESHOLDS = tuple(step / 40 for step in range(2, 33))


def fit_settings(bundle: Path, dev: Sequence[Example]) -> dict[str, LabelSettings]:
    """Settings of every label, fitted on the bundle's own predictions for `dev`, so that they allow
    for quantization and windows.
    """
    predictions = Predictions(Scorer(bundle), dev)
    settings = {}
    for label in LABELS:
        targets = np.array([example.targets[label] for example in dev])
        logits = predictions.logits(label)
        calibration = fit_platt(logits, targets)
        scores = calibrated(calibration, logits)
        positives = np.flatnonzero(targets >= 0.5).tolist()
        gold = [dev[row].spans.get(label, []) for row in positives]
        found = {
            threshold: [predictions.spans(row, label, threshold) for row in positives]
            for threshold in EVIDENCE_THRESHOLDS
        }
        settings[label] = LabelSettings(
            calibration=calibration,
            threshold=round(decision_threshold(scores), 4),
            evidence_threshold=best_evidence_threshold(gold, found),
        )
    return settings


def calibrated(calibration: Calibration, logits: Float64Array) -> Float64Array:
    """Probabilities of logits of one label."""
    return sigmoid(calibration.slope * logits + calibration.intercept)


def decision_threshold(probabilities: Float64Array) -> float:
    """The threshold with the best F1 of the positives for calibrated probabilities: half of the
    best expected F1.

    Source: Lipton, Elkan, Naryanaswamy, "Optimal thresholding of classifiers to maximize F1
    measure", 2014. It needs no labels besides those of the calibration, so that single rows weigh
    less than in a search for the best threshold: chosen on one half of the development rows, it
    reached a better F1 on the other half for every label.
    """
    expected = np.sort(probabilities)[::-1]
    flagged = np.arange(1, len(expected) + 1)
    return float((2 * np.cumsum(expected) / (flagged + expected.sum())).max() / 2)


def best_evidence_threshold(gold: Sequence[Spans], found: Mapping[float, Sequence[Spans]]) -> float:
    """The threshold whose spans agree best with `gold` over characters.

    The median of the best over resamples of the sentences, as in
    `sayso.training.metrics.best_threshold`.
    """
    thresholds = np.array(list(found))
    counts = np.array(
        [[overlap(*pair) for pair in zip(gold, spans, strict=True)] for spans in found.values()]
    )
    best = []
    for draw in resamples(len(gold)):
        both, predicted, marked = counts[:, draw].sum(1).T
        best.append(thresholds[(2 * both / np.maximum(1, predicted + marked)).argmax()])
    return float(np.median(best))


def fit_platt(logits: Float64Array, targets: Float64Array) -> Calibration:
    """Slope and intercept that make sigmoid(slope * logit + intercept) a probability.

    Source: Platt, "Probabilistic outputs for support vector machines", 1999; the weak
    regularization stands in for his smoothed targets.
    """
    model = LogisticRegression(C=10.0).fit(logits.reshape(-1, 1), targets)
    # A negative slope would reverse the ranking; it means that the network learned nothing.
    return Calibration(
        slope=max(0.0, float(model.coef_[0, 0])), intercept=float(model.intercept_[0])
    )
