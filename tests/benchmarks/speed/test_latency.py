import json
from pathlib import Path

import pytest

from benchmarks.news import ARTICLES, News
from benchmarks.speed.latency import TASKS, RoundTexts
from sayso.bundle.bundle import shipped_bundles
from tests.benchmarks.conftest import Run


def test_an_edit_changes_one_or_two_sentences(articles: Path) -> None:
    texts = RoundTexts.of(News(articles / ARTICLES), 4).tasks
    alone, article, once, twice = (texts[task] for task in TASKS)
    assert len(alone) == 1
    for edited, changed in ((once, 1), (twice, 2)):
        assert sum(a != b for a, b in zip(article, edited, strict=True)) == changed


@pytest.mark.slow
def test_latency(run: Run, articles: Path) -> None:
    output, plot = articles / "figures.json", articles / "picture.png"
    short = ("--sentences", 4, "--rounds", 3, "--threads", 1)
    done = run("speed.latency", "--data", articles, *short, "--output", output, "--plot", plot)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert len(figures["milliseconds"]) == 1 + len(shipped_bundles())
    for mine in figures["milliseconds"].values():
        assert len(mine) == 8
        assert all(0 < one["min"] <= one["median"] <= one["max"] for one in mine.values())
    assert plot.stat().st_size > 0
