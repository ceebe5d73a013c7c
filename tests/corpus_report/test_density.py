import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.corpus_report.density import DensityEstimate
from sayso.labels import HEDGING, LOADED_FRAMING


def test_a_density_is_marks_per_1000_words() -> None:
    estimate = DensityEstimate()
    estimate.add(100, {HEDGING: 3})
    assert estimate.density(HEDGING) == 30
    assert estimate.interval(HEDGING) == (30, 30)  # one document says nothing about chance
    assert estimate.density(LOADED_FRAMING) == 0


def test_the_margin_is_that_of_a_ratio_over_documents() -> None:
    estimate = DensityEstimate()
    for words, marks in ((100, 2), (200, 3), (100, 1)):
        estimate.add(words, {HEDGING: marks})
    # By hand: r = 6/400; residuals .5, 0, -.5; variance .5 * 3/2 / 400².
    margin = 1000 * 1.96 * (0.5 * 1.5) ** 0.5 / 400
    assert estimate.interval(HEDGING) == pytest.approx((15 - margin, 15 + margin))


DOCUMENTS = st.lists(st.tuples(st.integers(1, 500), st.integers(0, 20)), max_size=20)


@given(DOCUMENTS, DOCUMENTS)
def test_merging_is_adding(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    whole, left, right = DensityEstimate(), DensityEstimate(), DensityEstimate()
    for part, documents in ((left, first), (right, second)):
        for words, marks in documents:
            part.add(words, {HEDGING: marks})
            whole.add(words, {HEDGING: marks})
    left.merge(right)
    assert left.documents == whole.documents
    assert left.interval(HEDGING) == pytest.approx(whole.interval(HEDGING))
    low, high = whole.interval(HEDGING)
    assert low <= whole.density(HEDGING) <= high
