"""Calibration, thresholds and evidence thresholds, from development rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from sayso.bundle.manifest import Calibration, LabelSettings
from sayso.engine.evidence import evidence_spans
from sayso.engine.prediction import sigmoid
from sayso.engine.scorer import Scorer
from sayso.labels import LABELS
from sayso.training.corpora import Example
from sayso.training.metrics import RESAMPLES, Floats, Spans, overlap

EVIDENCE_THRESHOLDS = tuple(step / 40 for step in range(2, 33))


def fit_settings(bundle: Path, dev: Sequence[Example]) -> dict[str, LabelSettings]:
    """Settings of every label, fitted on what the exported network itself says of `dev`.

    The bundle is loaded as users load it, so the fit includes quantization and windows.
    """
    predictions = Scorer(bundle).predict([example.text for example in dev])
    settings = {}
    for column, label in enumerate(LABELS):
        targets = np.array([example.targets[label] for example in dev])
        logits = np.array([one.sentence_logits[column] for one in predictions], np.float64)
        calibration = fit_platt(logits, targets)
        scores = calibrated(calibration, logits)
        positives = [place for place, target in enumerate(targets) if target >= 0.5]
        gold = [dev[place].spans.get(label, []) for place in positives]
        words = [predictions[place].word_probabilities(label) for place in positives]
        found = {
            threshold: [
                [
                    (start, end)
                    for start, end, _ in evidence_spans(dev[place].text, *of_words, threshold)
                ]
                for place, of_words in zip(positives, words, strict=True)
            ]
            for threshold in EVIDENCE_THRESHOLDS
        }
        settings[label] = LabelSettings(
            calibration=calibration,
            threshold=round(decision_threshold(scores), 4),
            evidence_threshold=best_evidence_threshold(gold, found),
        )
    return settings


def calibrated(calibration: Calibration, logits: Floats) -> Floats:
    """Probabilities of logits of one label."""
    return sigmoid(calibration.slope * logits + calibration.intercept)


def decision_threshold(probabilities: Floats) -> float:
    """The threshold with the best F1 of the positives, where probabilities are calibrated: half of
    the best F1 that they let expect.

    Source: Lipton, Elkan, Naryanaswamy, "Optimal thresholding of classifiers to maximize F1
    measure", 2014. It asks no labels but those that calibration has seen, so that single rows
    weigh less than in a search for the best: on halves of the development rows it reached a better
    F1 on the other half for every label.
    """
    likely = np.sort(probabilities)[::-1]
    flagged = np.arange(1, len(likely) + 1)
    return float((2 * np.cumsum(likely) / (flagged + likely.sum())).max() / 2)


def best_evidence_threshold(gold: Sequence[Spans], found: Mapping[float, Sequence[Spans]]) -> float:
    """The threshold whose spans agree best with `gold` over characters.

    The median of the best over resamples of the sentences, as in
    `sayso.training.metrics.best_threshold`.
    """
    rng = np.random.default_rng(0)
    counts = {
        threshold: np.array([overlap(*pair) for pair in zip(gold, spans, strict=True)])
        for threshold, spans in found.items()
    }

    def f1(threshold: float, draw: NDArray[np.int64]) -> float:
        hits, said, right = counts[threshold][draw].sum(0)
        return float(2 * hits / max(1, said + right))

    draws = [rng.integers(len(gold), size=len(gold)) for _ in range(RESAMPLES)]
    return float(np.median([max(found, key=lambda one: f1(one, draw)) for draw in draws]))


def fit_platt(logits: Floats, targets: Floats) -> Calibration:
    """Slope and intercept that make sigmoid(slope * logit + intercept) a probability.

    Source: Platt, "Probabilistic outputs for support vector machines", 1999; the weak
    regularization stands in for his smoothed targets.
    """
    model = LogisticRegression(C=10.0).fit(logits.reshape(-1, 1), targets)
    # A negative slope would turn the ranking around; it means that the network learned nothing.
    return Calibration(
        slope=max(0.0, float(model.coef_[0, 0])), intercept=float(model.intercept_[0])
    )
