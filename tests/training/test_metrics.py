import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.training.metrics import (
    best_threshold,
    character_f1,
    expected_calibration_error,
    overlap,
    sentence_metrics,
)

TARGETS = np.array([0.0, 0.0, 1.0, 1.0] * 20)
SCORES = np.array([0.1, 0.6, 0.7, 0.9] * 20)


def test_a_threshold_between_the_classes_is_found() -> None:
    threshold = best_threshold(TARGETS, SCORES)
    assert 0.6 < threshold <= 0.7
    assert sentence_metrics(TARGETS, SCORES, threshold).f1 == 1.0


def test_macro_f1_weighs_both_classes() -> None:
    metrics = sentence_metrics(TARGETS, SCORES, 0.5)
    assert metrics.f1 == pytest.approx(0.8)
    assert metrics.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert metrics.positives == 40


def test_calibration_error_of_calibrated_and_overconfident_scores() -> None:
    targets = np.array([1.0, 0.0] * 50)
    assert expected_calibration_error(targets, np.full(100, 0.5)) == pytest.approx(0, abs=0.01)
    assert expected_calibration_error(targets, np.full(100, 0.9)) == pytest.approx(0.4)


def test_characters_are_counted_once() -> None:
    precision, recall, f1 = character_f1([[(0, 10)]], [[(0, 5), (3, 8)]])
    assert (precision, recall) == (1.0, 0.8)
    assert f1 == pytest.approx(2 * 0.8 / 1.8)


def test_nothing_found_is_zero() -> None:
    assert character_f1([[(0, 3)]], [[]]) == (0.0, 0.0, 0.0)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=4, max_size=60).filter(
        lambda rows: 0 < sum(target for target, _ in rows) < len(rows)
    ),
    st.booleans(),
)
def test_thresholds_are_probabilities(rows: list[tuple[bool, float]], macro: bool) -> None:
    targets = np.array([float(target) for target, _ in rows])
    scores = np.array([score for _, score in rows])
    assert 0 <= best_threshold(targets, scores, macro=macro) <= 1


def test_overlap_counts_characters_of_both() -> None:
    assert overlap([(0, 10)], [(5, 8), (9, 12)]) == (4, 6, 10)
