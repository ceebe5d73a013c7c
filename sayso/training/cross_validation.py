"""Cross-validation of a bundle on a corpus too small to hold rows back.

Of the other folds comes the threshold, and what TF-IDF learns.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import cross_val_predict

from sayso.training.baselines import cue_word_scores, tfidf_model
from sayso.training.corpora import Example
from sayso.training.metrics import Floats, best_threshold, f1_of
from sayso.training.predictions import Reader, targets_of
from sayso.training.results import FoldsResult

Places = NDArray[np.intp]
Scores = Callable[[Places, Places], tuple[Floats, Floats]]
"""Scores of the rows that teach, and of those that are asked."""


def measure_folds(
    corpus: str, reader: Reader, head: str, label: str, field: str
) -> list[FoldsResult]:
    """F1 of every system on each fold of the rows that `reader` has read.

    `field` of a row numbers its fold. The network learns nothing here: the other folds give the
    threshold.
    """
    targets = targets_of(reader.examples, head)
    texts = np.array([one.text for one in reader.examples], object)
    systems = {"sayso": _fixed(reader.scores(label))}
    if head in reader.auxiliary:
        systems[f"sayso, head {head}"] = _fixed(reader.scores(head))
    systems["TF-IDF + LR"] = _tfidf(texts, targets)
    systems["cue words"] = _fixed(cue_word_scores(list(texts), label))
    folds = folds_of(reader.examples, field)
    return [
        FoldsResult(corpus, label, system, len(texts), _f1s(targets, folds, scores))
        for system, scores in systems.items()
    ]


def folds_of(examples: Sequence[Example], field: str) -> NDArray[np.generic]:
    """The fold of each example, as a field of its row numbers it."""
    return np.array([one.row[field] for one in examples])


def _fixed(scores: Floats) -> Scores:
    return lambda known, asked: (scores[known], scores[asked])


def _tfidf(texts: NDArray[np.generic], targets: Floats) -> Scores:
    """What TF-IDF says that learns from the known rows; of these, what it says unseen."""

    def scores(known: Places, asked: Places) -> tuple[Floats, Floats]:
        model = tfidf_model()
        unseen = cross_val_predict(model, texts[known], targets[known], method="predict_proba")
        model.fit(texts[known], targets[known])
        return unseen[:, 1], model.predict_proba(texts[asked])[:, 1]

    return scores


def _f1s(targets: Floats, folds: NDArray[np.generic], scores: Scores) -> tuple[float, ...]:
    found = []
    for fold in np.unique(folds):
        known, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        known_scores, asked_scores = scores(known, asked)
        threshold = best_threshold(targets[known], known_scores)
        found.append(f1_of(targets[asked], asked_scores >= threshold))
    return tuple(found)
