from hypothesis import given
from hypothesis import strategies as st

from sayso.corpus_report.charts import Scale


@given(st.floats(0, 1e6))
def test_a_scale_ends_above_the_largest_value(largest: float) -> None:
    scale = Scale(largest, 0, 100)
    assert scale.end >= largest * (1 - 1e-6)
    assert 2 <= len(scale.ticks) <= 6
    assert scale(0) == 0
    assert scale(scale.end) == 100
