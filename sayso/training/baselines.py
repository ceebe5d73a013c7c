"""Baselines: TF-IDF with logistic regression, and a list of cue words."""

import re
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from sayso.labels import HEDGING, LOADED_FRAMING, UNVERIFIED_ATTRIBUTION
from sayso.training.metrics import Float64Array

CUE_WORDS = {
    HEDGING: (
        "may", "might", "could", "perhaps", "possibly", "probably", "likely", "unlikely",
        "appears?", "appeared", "seems?", "seemed", "suggests?", "suggested", "suggesting",
        "believed", "thought to", "feared", "suspected", "expected to", "estimates?",
        "speculation", "rumou?rs?", "unclear", "if true", "apparently", "potentially", "maybe",
    ),
    UNVERIFIED_ATTRIBUTION: (
        "sources?", "officials", "authorities", "witnesses", "locals", "residents", "experts",
        "critics", "analysts", "insiders", "aides", "observers", "familiar with", "anonymity",
        "reportedly", "allegedly", "alleged", "alleges?", "claimed", "claims that", "purported",
        "unverified", "unconfirmed", "is said to", "are said to", "it is believed", "accused of",
        "reports emerged", "media reports", "citing",
    ),
    LOADED_FRAMING: (
        "radical", "extremists?", "slammed", "blasted", "ripped", "shocking", "shockwaves?",
        "outrageous", "disgraceful", "chilling", "heroic", "so-called", "regime", "mob", "woke",
        "thugs?", "brutal", "horrific", "disastrous", "catastrophic", "bizarre", "ridiculous",
        "shameful", "stunning", "explosive", "vicious", "corrupt", "hysteria", "propaganda",
        "illegals", "elites?", "rigged", "crushing", "scathing", "stark reminder", "conveniently",
    ),
}  # fmt: skip
"""Cues of the guidelines and words close to them, as regular expressions for whole words."""


def cue_word_scores(texts: Sequence[str], label: str) -> Float64Array:
    """1.0 for texts with a cue of the label, else 0.0; shape [texts]."""
    cues = re.compile(rf"\b(?:{'|'.join(CUE_WORDS[label])})\b", re.IGNORECASE)
    return np.array([float(bool(cues.search(text))) for text in texts])


def tfidf_model() -> Pipeline:
    """Logistic regression on TF-IDF of words and word pairs, not yet fitted."""
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, strip_accents="unicode"),
        LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced"),
    )


def tfidf_scores(
    train: Sequence[str], targets: Float64Array, *others: Sequence[str]
) -> list[Float64Array]:
    """Probabilities for other texts by `tfidf_model`, fitted on texts and their targets."""
    model = tfidf_model().fit(list(train), targets >= 0.5)
    return [model.predict_proba(list(texts))[:, 1] for texts in others]
