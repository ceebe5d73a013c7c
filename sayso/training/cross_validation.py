"""Cross-validation of a bundle on a corpus too small to hold rows back.

The threshold of a fold comes from the other folds, and TF-IDF learns from them.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import cross_val_predict

from sayso.training.baselines import cue_word_scores, tfidf_model
from sayso.training.metrics import Float64Array, best_threshold, f1_of
from sayso.training.predictions import Predictions, targets_of
from sayso.training.results import FoldsResult

Indices = NDArray[np.intp]
FoldScores = Callable[[Indices, Indices], tuple[Float64Array, Float64Array]]
"""Scores of the rows of the other folds, and of those of the measured fold."""


def measure_folds(
    corpus: str, predictions: Predictions, head: str, label: str, field: str
) -> list[FoldsResult]:
    """F1 of every system on each fold of the rows of `predictions`.

    `field` of a row numbers its fold. The network learns nothing here: the other folds give the
    threshold.
    """
    targets = targets_of(predictions.examples, head)
    texts = np.array([example.text for example in predictions.examples], object)
    systems = {"sayso": _fixed(predictions.scores(label))}
    if head in predictions.auxiliary:
        systems[f"sayso, head {head}"] = _fixed(predictions.scores(head))
    systems["TF-IDF + LR"] = _tfidf(texts, targets)
    systems["cue words"] = _fixed(cue_word_scores(list(texts), label))
    folds = np.array([example.row[field] for example in predictions.examples])
    return [
        FoldsResult(corpus, label, system, len(texts), _f1s(targets, folds, scores))
        for system, scores in systems.items()
    ]


def _fixed(scores: Float64Array) -> FoldScores:
    return lambda others, measured: (scores[others], scores[measured])


def _tfidf(texts: NDArray[np.generic], targets: Float64Array) -> FoldScores:
    """Scores by TF-IDF that learns from the other folds; theirs are cross-validated in turn."""

    def scores(others: Indices, measured: Indices) -> tuple[Float64Array, Float64Array]:
        model = tfidf_model()
        unseen = cross_val_predict(model, texts[others], targets[others], method="predict_proba")
        model.fit(texts[others], targets[others])
        return unseen[:, 1], model.predict_proba(texts[measured])[:, 1]

    return scores


def _f1s(
    targets: Float64Array, folds: NDArray[np.generic], scores: FoldScores
) -> tuple[float, ...]:
    f1s = []
    for fold in np.unique(folds):
        others, measured = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        other_scores, measured_scores = scores(others, measured)
        threshold = best_threshold(targets[others], other_scores)
        f1s.append(f1_of(targets[measured], measured_scores >= threshold))
    return tuple(f1s)
