import json
from pathlib import Path

import pytest
from transformers import RobertaConfig

from benchmarks.speed.engines import every_tenth
from benchmarks.speed.transformers_baselines import robertas
from sayso.bundle.bundle import shipped_bundles
from tests.benchmarks.conftest import Run


def test_every_tenth_keeps_the_mean_length() -> None:
    sentences = ["x" * length for length in range(100)]
    thin = every_tenth(sentences)
    assert [len(sentence) for sentence in thin] == [*range(5, 100, 10)]
    assert every_tenth(sentences[:3]) == ["x"]


def test_a_classifier_per_label_reads_each_sentence_three_times() -> None:
    small = RobertaConfig(
        vocab_size=30522, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=8, max_position_embeddings=514,
    )  # fmt: skip
    classifier, read = robertas(small), []
    classifier.pipeline = lambda sentence, **_: read.append(sentence)
    classifier.one_by_one(["It may rain.", "It rains."])
    assert read == ["It may rain."] * 3 + ["It rains."] * 3


@pytest.mark.slow
def test_engines(run: Run, articles: Path) -> None:
    output, plot = articles / "figures.json", articles / "picture.svg"
    short = ("--sentences", 8, "--rounds", 3, "--token-budgets", 256)
    done = run("speed.engines", "--data", articles, *short, "--output", output, "--plot", plot)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert (figures["sentences"], figures["rounds"]) == (8, 3)
    assert len(figures["speeds"]) == 4 + 2 * len(shipped_bundles())
    for speed in figures["speeds"].values():
        assert 0 < speed["min"] <= speed["median"] <= speed["max"]
    assert figures["limits"].keys() == set(shipped_bundles())
    for limit in figures["limits"].values():
        assert limit["reached"]["median"] > 0
    assert figures["machine"]["cores"] >= 1
    assert figures["machine"]["versions"]["onnxruntime"]
    assert "reached / limit" in done.stdout
    assert "</svg>" in plot.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_missing_file_is_reported(run: Run, tmp_path: Path) -> None:
    done = run("speed.engines", "--data", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path / 'articles.jsonl.gz'} is missing" in done.stderr
