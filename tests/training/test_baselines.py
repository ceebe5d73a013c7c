import numpy as np
import pytest

from sayso.labels import HEDGING, LABELS, LOADED_FRAMING, UNVERIFIED_ATTRIBUTION
from sayso.training.baselines import cue_word_scores, tfidf_scores


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (HEDGING, "It may rain."),
        (UNVERIFIED_ATTRIBUTION, "Sources said it rained."),
        (LOADED_FRAMING, "A chilling silence fell."),
    ],
)
def test_cues_indicate_only_their_label(label: str, text: str) -> None:
    assert {one: cue_word_scores([text], one)[0] for one in LABELS} == {
        one: float(one == label) for one in LABELS
    }


def test_cues_are_whole_words() -> None:
    assert cue_word_scores(["The mayor dismayed them."], HEDGING)[0] == 0


def test_words_are_learned() -> None:
    train = ["it may rain", "it may snow", "it rained", "it snowed"] * 5
    (scores,) = tfidf_scores(train, np.array([1.0, 1, 0, 0] * 5), ["they may come", "they rained"])
    assert scores[0] > 0.5 > scores[1]
