import time

import pytest

from benchmarks.speed.rounds import ratios, spread, spreads, take_turns, watching


def test_ways_take_turns_and_who_begins_changes() -> None:
    asked: list[tuple[str, int]] = []

    def way(name: str):
        def measured(turn: int) -> dict[str, float]:
            asked.append((name, turn))
            return {"seconds": len(asked)}

        return measured

    found = take_turns({name: way(name) for name in "abc"}, 3)
    assert "".join(name for name, _ in asked) == "abcbcacab"
    assert [turn for _, turn in asked] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert found["a"] == [{"seconds": 1}, {"seconds": 6}, {"seconds": 8}]


def test_a_spread_is_the_median_the_least_and_the_most() -> None:
    assert spread([3, 1, 8]) == {"median": 3, "min": 1, "max": 8}
    assert spreads([{"a": 1.0, "b": 5.0}, {"a": 3.0, "b": 5.0}])["a"]["median"] == 2


def test_a_ratio_is_taken_in_each_round() -> None:
    mine, base = [{"rate": 10.0}, {"rate": 40.0}], [{"rate": 5.0}, {"rate": 10.0}]
    assert ratios(mine, base, "rate") == {"median": 3, "min": 2, "max": 4}


def test_waiting_takes_time_on_the_clock_only() -> None:
    with watching() as watch:
        time.sleep(0.05)
    assert watch.clock >= 0.05
    assert watch.cpu == pytest.approx(0, abs=watch.clock)
