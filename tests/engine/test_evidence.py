import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sayso.engine.evidence import evidence_spans, locate_evidence

TEXT = "It could , perhaps , rain."
WORDS = [(0, 2), (3, 8), (9, 10), (11, 18), (19, 20), (21, 25), (25, 26)]


def spans(*probabilities: float, threshold: float = 0.5) -> list[str]:
    found = evidence_spans(TEXT, WORDS, np.array(probabilities, np.float32), threshold)
    return [TEXT[start:end] for start, end, _ in found]


def test_neighbours_form_one_span() -> None:
    assert spans(0, 0.9, 0.6, 0.8, 0, 0, 0) == ["could , perhaps"]


def test_separate_words_are_separate_spans() -> None:
    assert spans(0, 0.9, 0, 0.8, 0, 0, 0) == ["could", "perhaps"]


def test_punctuation_is_neither_an_edge_nor_a_span() -> None:
    assert spans(0, 0, 0.9, 0.8, 0.9, 0, 0.9) == ["perhaps"]


def test_without_a_probable_word_the_strongest_is_taken() -> None:
    assert spans(0.1, 0.2, 0.4, 0.3, 0, 0, 0) == ["perhaps"]


def test_a_sentence_without_words_has_no_evidence() -> None:
    assert evidence_spans("!?", [(0, 1), (1, 2)], np.array([0.9, 0.9], np.float32), 0.5) == []


def test_evidence_is_located_in_the_text_and_its_quotations() -> None:
    inside, across = locate_evidence("hedging", [(0, 3, 0.51239), (2, 9, 0.7)], 10, [(9, 14)])
    assert (inside.start, inside.end, inside.score, inside.quoted) == (10, 13, 0.5124, True)
    assert (across.start, across.end, across.quoted) == (12, 19, False)


@given(st.lists(st.floats(0, 1, width=32), min_size=7, max_size=7), st.floats(0.01, 0.99))
def test_spans_are_in_order_and_hold_their_score(scores: list[float], threshold: float) -> None:
    found = evidence_spans(TEXT, WORDS, np.array(scores, np.float32), threshold)
    assert found
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(found))
    assert all(score in np.array(scores, np.float32) for _, _, score in found)
