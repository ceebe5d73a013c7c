import json
from pathlib import Path

import pytest

from benchmarks.speed.memory import summarize
from tests.benchmarks.conftest import Run


def test_growth_is_measured_in_the_second_half() -> None:
    samples = [(0, 100.0), (1, 150.0), (10, 200.0), (50, 230.0), (96, 210.0), (100, 210.0)]
    assert summarize(samples) == {
        "start": 100,
        "at_1_percent": 150,
        "at_half": 230,
        "end": 210,
        "peak": 230,
        "growth": pytest.approx(210 / 230 - 1),
    }


@pytest.mark.slow
def test_memory(run: Run, articles: Path) -> None:
    output, plot = articles / "figures.json", articles / "picture.svg"
    short = ("--sentences", 30, "--threads", 1)
    done = run("speed.memory", "--data", articles, *short, "--output", output, "--plot", plot)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["sentences"] == 32
    assert figures["samples"][-1][0] == 32
    assert "flat" in done.stdout
    assert plot.is_file()
