import numpy as np
import pytest

from sayso.training.calibration import best_evidence_threshold, decision_threshold, fit_platt
from sayso.training.metrics import best_threshold, expected_calibration_error, f1_of


def test_overconfident_logits_are_calibrated() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=4000)
    targets = (rng.random(4000) < 1 / (1 + np.exp(-logits))).astype(float)
    calibration = fit_platt(5 * logits + 2, targets)
    assert calibration.slope == pytest.approx(0.2, rel=0.2)
    scores = 1 / (1 + np.exp(-(calibration.slope * (5 * logits + 2) + calibration.intercept)))
    assert expected_calibration_error(targets, scores) < 0.03


def test_a_ranking_is_never_reversed() -> None:
    logits = np.array([-2.0, -1, 1, 2])
    assert fit_platt(logits, np.array([1.0, 1, 0, 0])).slope == 0


@pytest.mark.parametrize("rare", [1, 6])
def test_calibrated_probabilities_give_the_best_threshold(rare: int) -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.beta(0.3, 0.3 * rare, 50_000)
    targets = (rng.random(50_000) < probabilities).astype(float)
    threshold = decision_threshold(probabilities)
    searched = best_threshold(targets, probabilities)
    assert threshold == pytest.approx(searched, abs=0.05)
    assert f1_of(targets, probabilities >= threshold) == pytest.approx(
        f1_of(targets, probabilities >= searched), abs=0.002
    )


def test_the_evidence_threshold_has_the_best_agreement() -> None:
    gold = [[(0, 5)], [(3, 9)]] * 10
    wide, narrow = [[(0, 20)], [(0, 20)]] * 10, [[(0, 1)], [(3, 4)]] * 10
    assert best_evidence_threshold(gold, {0.1: wide, 0.4: gold, 0.8: narrow}) == 0.4
