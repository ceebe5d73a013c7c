import json
from pathlib import Path

import pytest

from benchmarks.news import ARTICLES, News
from benchmarks.speed.growth import Passages, usual_workers
from sayso.bundle.bundle import TOKENIZER, Bundle
from tests.benchmarks.conftest import Run


def test_passages_have_the_given_number_of_tokens(articles: Path) -> None:
    passages = Passages(News(articles / ARTICLES), Bundle.load().path / TOKENIZER)
    short, long = passages.take(8, 4), passages.take(64, 2)
    assert (len(short), len(long)) == (4, 2)
    assert passages.mean(short) == pytest.approx(8, abs=2)
    assert passages.mean(long) == pytest.approx(64, abs=3)


@pytest.mark.parametrize(
    ("cores", "counts"), [(1, [1, 2]), (2, [1, 2, 4]), (6, [1, 2, 4, 6, 12]), (8, [1, 2, 4, 8, 16])]
)
def test_numbers_of_workers_go_beyond_the_cores(cores: int, counts: list[int]) -> None:
    assert usual_workers(cores) == counts


@pytest.mark.slow
def test_growth(run: Run, articles: Path) -> None:
    output, plot = articles / "figures.json", articles / "growth.svg"
    sizes = ("--tokens", 8, 32, "--sentences", 1, 2, "--documents", 1, 2, "--workers", 1, 2)
    short = (*sizes, "--work", 8, "--rounds", 1)
    done = run("speed.growth", "--data", articles, *short, "--output", output, "--plot", plot)
    assert done.returncode == 0, done.stderr
    curves = json.loads(output.read_text(encoding="utf-8"))["curves"]
    assert [*curves] == ["sentence", "article", "corpus", "workers"]
    for name, curve in curves.items():
        for one in curve["series"].values():
            assert len(one["points"]) == 2
            assert all(point["median"] > 0 for point in one["points"])
        assert (articles / f"growth-{name}.svg").is_file()
