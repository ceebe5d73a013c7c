"""Calibration, thresholds and evidence thresholds, from development rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.labels import LABELS
from models.manifest import Calibration, LabelSettings
from sayso.scorer import Scorer
from training.corpora import Example
from training.metrics import Floats, best_threshold, character_f1

EVIDENCE_THRESHOLDS = tuple(float(step) / 20 for step in range(2, 17))


def fit_settings(bundle: Path, dev: Sequence[Example]) -> dict[str, LabelSettings]:
    """Settings of every label, fitted on what the exported network itself says of `dev`.

    The bundle is read through the front door, so quantization and windows are part of what is
    fitted.
    """
    engine = Scorer(bundle).engine
    readings = engine.read([example.text for example in dev])
    settings = {}
    for column, label in enumerate(LABELS):
        targets = np.array([example.targets[label] for example in dev])
        logits = np.array([reading.sentence[column] for reading in readings], np.float64)
        calibration = fit_platt(logits, targets)
        scores = 1 / (1 + np.exp(-(calibration.slope * logits + calibration.intercept)))
        positives = [place for place, target in enumerate(targets) if target >= 0.5]
        gold = [dev[place].spans.get(label, []) for place in positives]

        def agreement(
            threshold: float,
            label: str = label,
            positives: list[int] = positives,
            gold: list[list[tuple[int, int]]] = gold,
        ) -> float:
            spans = [
                engine.evidence(dev[place].text, readings[place], label, threshold)
                for place in positives
            ]
            predicted = [[(start, end) for start, end, _ in found] for found in spans]
            return character_f1(gold, predicted)[2]

        settings[label] = LabelSettings(
            calibration=calibration,
            threshold=round(best_threshold(targets, scores), 4),
            evidence_threshold=max(EVIDENCE_THRESHOLDS, key=agreement),
        )
    return settings


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
