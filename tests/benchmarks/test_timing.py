import subprocess
import sys
import time
from functools import partial

import pytest

from benchmarks.timing import children_cpu, interleave, measured, ratios, spread, spreads


def test_measurements_alternate_in_rotating_order() -> None:
    calls: list[tuple[str, int]] = []

    def measure(name: str, round_number: int) -> dict[str, float]:
        calls.append((name, round_number))
        return {"seconds": len(calls)}

    found = interleave({name: partial(measure, name) for name in "abc"}, 3)
    assert "".join(name for name, _ in calls) == "abcbcacab"
    assert [number for _, number in calls] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert found["a"] == [{"seconds": 1}, {"seconds": 6}, {"seconds": 8}]


def test_a_spread_has_median_minimum_and_maximum() -> None:
    assert spread([3, 1, 8]) == {"median": 3, "min": 1, "max": 8}
    assert spreads([{"a": 1.0, "b": 5.0}, {"a": 3.0, "b": 5.0}])["a"]["median"] == 2


def test_ratios_are_taken_within_rounds() -> None:
    mine, base = [{"rate": 10.0}, {"rate": 40.0}], [{"rate": 5.0}, {"rate": 10.0}]
    assert ratios(mine, base, "rate") == {"median": 3, "min": 2, "max": 4}


def test_waiting_takes_no_cpu_time() -> None:
    with measured() as elapsed:
        time.sleep(0.05)
    assert elapsed.clock >= 0.05
    assert elapsed.cpu == pytest.approx(0, abs=elapsed.clock)


def test_cpu_time_of_child_processes_is_measured() -> None:
    with measured(children_cpu) as elapsed:
        subprocess.run([sys.executable, "-c", "sum(range(10**6))"], check=True)
    assert elapsed.cpu > 0
