"""Each benchmark runs from its command line. What it measures decides nothing here."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
ARTICLES = (
    "The ferry was late on Monday. It may sail again at noon, the harbour office said.\n\n"
    "Critics say the timetable is a disgrace. No reason was given.",
    'Rain fell on St. Brannoc for six days. "We have seen worse," Ms. Odell said.\n'
    "It is believed that the dam held. Officials said that they would look at it.",
) * 3


def run(benchmark: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"benchmarks.{benchmark}", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with made-up articles of four sentences each."""
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in ARTICLES)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_help(benchmark: str) -> None:
    done = run(benchmark, "--help")
    assert done.returncode == 0, done.stderr
    assert "--output" in done.stdout


@pytest.mark.slow
def test_splitters(articles: Path) -> None:
    output = articles / "figures.json"
    done = run("splitters", "--data", articles, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["articles_read"] == len(ARTICLES)
    assert figures["articles"]["sayso"]["sentences"] == 4 * len(ARTICLES)
    assert len(figures["growth"]) == 7
    assert figures["hard_cases"].keys() == figures["articles"].keys()


@pytest.mark.slow
def test_startup(tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    done = run("startup", "--rounds", 1, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert [one["times_python"] > 0 for one in figures.values()] == [True] * 3


@pytest.mark.slow
def test_corpora(articles: Path) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    output = articles / "figures.json"
    short = ("--articles", 6, "--rounds", 1, "--workers", 1)
    done = run("corpora", "--data", articles, *short, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["articles"] == len(ARTICLES)
    assert {"local, 1 thread", "ray, 1 worker"} <= figures["ways"].keys()
    for way in figures["ways"].values():
        assert all(value > 0 for value in way.values())
    assert all(value > 0 for value in figures["cost"].values())
    assert "core hours" in done.stdout


@pytest.mark.slow
def test_engines(articles: Path) -> None:
    output = articles / "figures.json"
    short = ("--sentences", 8, "--rounds", 3, "--token-budgets", 256)
    done = run("engines", "--data", articles, *short, "--output", output)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert (figures["sentences"], figures["rounds"]) == (8, 3)
    assert "sayso" in figures["speeds"]
    assert len(figures["speeds"]) == 5
    for speed in figures["speeds"].values():
        assert 0 < speed["min"] <= speed["median"] <= speed["max"]
    assert len(figures["latency"]) == 2
    assert figures["machine"]["cores"] >= 1
    assert figures["machine"]["versions"]["onnxruntime"]


@pytest.mark.slow
def test_engines_says_what_is_missing(tmp_path: Path) -> None:
    done = run("engines", "--data", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path / 'articles.jsonl.gz'} is missing" in done.stderr
