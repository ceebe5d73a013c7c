import math
from pathlib import Path

import pytest

from benchmarks.speed.curves import draw, fit, new_curve, slopes, tables

XS = [2.0**power for power in range(8)]


def test_a_power_is_a_straight_line() -> None:
    found = fit(XS, [5 * x**2 for x in XS])
    assert found["slope"] == pytest.approx(2)
    assert (found["bends"], found["lines"]) == ([], [pytest.approx(2)])
    assert slopes([1, 2, 8], [1, 2, 2]) == pytest.approx([1, 0])


def test_a_bend_is_where_two_lines_meet() -> None:
    found = fit(XS, [max(16, x) for x in XS])
    assert found["bends"] == [16]
    assert found["lines"] == pytest.approx([0, 1], abs=1e-9)


def test_a_step_is_two_bends() -> None:
    found = fit(XS, [x if x <= 8 else x**2 / 8 if x <= 32 else 4 * x for x in XS])
    assert found["bends"] == [8, 32]
    assert found["lines"] == pytest.approx([1, 2, 1])


def test_noise_is_not_a_bend() -> None:
    ys = [x * scatter for x, scatter in zip(XS, [1.1, 0.9] * 4, strict=True)]
    assert fit(XS, ys)["bends"] == []


@pytest.mark.parametrize("points", [1, 2])
def test_few_points_have_no_bend(points: int) -> None:
    found = fit(XS[:points], XS[:points])
    assert found["bends"] == []
    assert (found["slope"] is None) == (points == 1)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_curve_has_tables_and_a_plot(tmp_path: Path, ending: str) -> None:
    rounds = {x: [{"x": x, "CPU": max(4, x) + number} for number in range(3)] for x in XS}
    curve = new_curve("A text", "tokens", "ms", rounds)
    points, growth = tables("text", curve)
    assert (points.name, growth.name) == ("growth-text", "growth-text-slopes")
    assert points.rows[0] == ("1", "5.0 (4.0 to 6.0)", "")
    assert len(points.rows) == len(XS)
    assert growth.rows[0][2] == "4"
    file, again = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
    draw(curve, file)
    draw(curve, again)
    assert file.read_bytes() == again.read_bytes()
    assert math.isfinite(curve["series"]["CPU"]["slope"])
