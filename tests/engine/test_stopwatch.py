import pytest

from sayso.engine.stopwatch import Stopwatch


def test_a_phase_that_is_measured_again_adds_up() -> None:
    watch = Stopwatch()
    watch.seconds["infer"] += 1.5
    with watch.measure("infer"):
        pass
    watch.seconds["split"] += 0.25
    assert watch.seconds["infer"] >= 1.5
    assert watch.seconds["split"] == 0.25


def test_time_counts_even_if_the_work_fails() -> None:
    watch = Stopwatch()
    with pytest.raises(ValueError, match="no"), watch.measure("split"):
        raise ValueError("no")
    assert "split" in watch.seconds
