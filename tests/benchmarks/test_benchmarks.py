"""Each benchmark runs from its command line. What it measures decides nothing here."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.conftest import ARTICLES, Run
from tests.conftest import ROOT

BENCHMARKS = sorted(
    ".".join(path.relative_to(ROOT / "benchmarks").with_suffix("").parts)
    for path in (ROOT / "benchmarks").rglob("*.py")
    if path.stem != "__main__" and "__main__" in path.read_text(encoding="utf-8")
)


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_help(run: Run, benchmark: str) -> None:
    done = run(benchmark, "--help")
    assert done.returncode == 0, done.stderr
    assert "--" in done.stdout.replace("--help", "")


@pytest.mark.slow
def test_splitters(run: Run, articles: Path) -> None:
    output = articles / "figures.json"
    done = run("splitters", "--data", articles, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["articles_read"] == len(ARTICLES)
    assert figures["articles"]["sayso"]["sentences"] == 4 * len(ARTICLES)
    assert len(figures["growth"]) == 7
    assert figures["hard_cases"].keys() == figures["articles"].keys()


@pytest.mark.slow
def test_startup(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    done = run("startup", "--rounds", 1, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert [one["times_python"] > 0 for one in figures.values()] == [True] * 3


@pytest.mark.slow
def test_corpora(run: Run, articles: Path) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    output = articles / "figures.json"
    short = ("--articles", 6, "--rounds", 1, "--workers", 1)
    done = run("corpora", "--data", articles, *short, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["articles"] == len(ARTICLES)
    assert {"local, 1 thread", "ray, 1 worker"} <= figures["executors"].keys()
    for executor in figures["executors"].values():
        assert all(value > 0 for value in executor.values())
    assert all(value > 0 for value in figures["cost"].values())
    assert "core hours" in done.stdout


@pytest.mark.slow
def test_memory(run: Run, articles: Path) -> None:
    output = articles / "figures.json"
    short = ("--starts", 1, "--requests", 20, "--senders", 2, "--most", 5_000)
    done = run("service.memory", "--data", articles, *short, "--output", output)
    assert "| only answers 200, each the engine's own | yes |" in done.stdout, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["right"] == figures["requests"] == 20
    (start,) = figures["starts"]
    assert [one["role"] for one in start["processes"]] == ["supervisor", "worker"]
    assert start["rss"] == sum(one["rss"] for one in start["processes"])


def test_the_index_lists_every_command() -> None:
    index = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert [name for name in BENCHMARKS if f"benchmarks.{name}" not in index] == []
