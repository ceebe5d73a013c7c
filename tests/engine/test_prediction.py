import numpy as np
import pytest

from sayso.engine.prediction import sigmoid
from sayso.engine.scorer import Scorer


def test_a_word_cut_by_a_window_is_whole() -> None:
    text = " ".join(["unverifiability"] * 200)
    (prediction,) = Scorer().predict([text])
    assert prediction.windows > 1
    words, probabilities = prediction.word_probabilities("hedging")
    assert [text[start:end] for start, end in words] == ["unverifiability"] * 200
    assert probabilities.shape == (200,)


def test_a_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    assert sigmoid(np.array([2.0]))[0] == pytest.approx(0.8807970779778823)
