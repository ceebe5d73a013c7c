import numpy as np
import pytest

from sayso.engine.scorer import Scorer
from sayso.labels import HEDGING
from sayso.training.corpora import Example
from sayso.training.cross_validation import measure_folds
from sayso.training.predictions import Predictions
from sayso.training.results import FoldsResult

TOWNS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")


@pytest.fixture(scope="module")
def results() -> dict[str, FoldsResult]:
    """Four folds of sentences whose hedges are all in the list of cue words."""
    examples = [
        Example(text, {"hedge": hedge}, row={"fold": number % 4})
        for number, town in enumerate(TOWNS * 2)
        for text, hedge in (
            (f"The bridge at {town} may close in {number + 2} days.", 1.0),
            (f"The bridge at {town} closed {number + 2} days ago.", 0.0),
            (f"It appears that {town} will lose {number + 2} teachers.", 1.0),
            (f"The school at {town} has {number + 2} teachers.", 0.0),
        )
    ]
    predictions = Predictions(Scorer(None), examples)
    return {
        one.system: one for one in measure_folds("small", predictions, "hedge", HEDGING, "fold")
    }


def test_each_fold_is_measured_once_by_every_system(results: dict[str, FoldsResult]) -> None:
    assert set(results) == {"sayso", "TF-IDF + LR", "cue words"}
    assert {len(one.f1s) for one in results.values()} == {4}
    assert {one.rows for one in results.values()} == {48}


def test_a_perfect_cue_is_perfect_in_every_fold(results: dict[str, FoldsResult]) -> None:
    for system in ("sayso", "cue words"):
        assert results[system].f1s == (1.0,) * 4


def test_mean_and_spread_are_of_the_folds() -> None:
    result = FoldsResult("small", HEDGING, "sayso", 4, (0.5, 0.7, 0.9))
    assert result.mean == pytest.approx(0.7)
    assert result.spread == pytest.approx(np.std([0.5, 0.7, 0.9], ddof=1))


def test_a_fold_is_scored_by_a_model_of_the_others() -> None:
    # The only telling word differs between folds, so it cannot be learned.
    examples = [
        Example(f"{town} {word}.", {"hedge": float(word == f"yes{fold}")}, row={"fold": fold})
        for fold in range(3)
        for town in TOWNS
        for word in (f"yes{fold}", f"no{fold}")
    ]
    predictions = Predictions(Scorer(None), examples)
    found = {
        one.system: one for one in measure_folds("small", predictions, "hedge", HEDGING, "fold")
    }
    # Words that say nothing leave one decision for all rows of a fold.
    assert set(np.round(found["TF-IDF + LR"].f1s, 3)) <= {0.0, 0.667}
