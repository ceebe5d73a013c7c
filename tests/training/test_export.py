import json
from io import StringIO
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from rich.console import Console

import sayso
from sayso.bundle.bundle import FILES, Bundle
from sayso.training.export import export_network, measure_parity
from sayso.training.fairness import PAIRS
from sayso.training.quantization import quantize_network
from sayso.training.recipe import Recipe
from sayso.training.run import Run


@pytest.fixture
def run(recipe: Recipe, data: Path, tmp_path: Path) -> Run:
    mixed = recipe.model_copy(update={"precision": "bfloat16"})
    run = Run(mixed, data, tmp_path / "run", Console(file=StringIO()))
    run.train()
    return run


@pytest.mark.slow
def test_exported_networks_agree_with_torch(run: Run, tmp_path: Path) -> None:
    whole, small = tmp_path / "whole.onnx", tmp_path / "small.onnx"
    export_network(run.network, whole)
    quantize_network(whole, small, run.calibration_sentences())
    texts = [example.text for example in run.examples("dev")]
    manifest = run.manifest()
    exact = measure_parity(run.network, run.tokenizer, whole, texts, manifest)
    close = measure_parity(run.network, run.tokenizer, small, texts, manifest)
    assert exact.largest < 1e-4
    assert exact.flips == 0
    assert close.largest < 0.1
    assert small.stat().st_size < 0.5 * whole.stat().st_size


@pytest.mark.slow
def test_exported_networks_hold_nothing_of_the_machine(run: Run, tmp_path: Path) -> None:
    whole = tmp_path / "whole.onnx"
    export_network(run.network, whole)
    written = whole.read_bytes()
    here = Path(__file__).parents[2]
    assert str(here).encode() not in written
    assert b"stack_trace" not in written
    assert b".py" not in written


@pytest.mark.slow
def test_a_sentence_has_the_same_score_in_every_batch(run: Run, tmp_path: Path) -> None:
    whole, small = tmp_path / "whole.onnx", tmp_path / "small.onnx"
    export_network(run.network, whole)
    quantize_network(whole, small, run.calibration_sentences())
    session = ort.InferenceSession(str(small))
    alone = np.array([[101, 2009, 2089, 4542, 102]])
    both = np.array([[101, 2009, 2089, 4542, 102, 0, 0], [101, 1037, 1038, 1039, 1040, 1041, 102]])
    mask = (both != 0).astype(np.int64)
    (one,) = session.run(
        ["sentence_logits"], {"input_ids": alone, "attention_mask": np.ones_like(alone)}
    )
    (two,) = session.run(["sentence_logits"], {"input_ids": both, "attention_mask": mask})
    assert two[0] == pytest.approx(one[0], abs=1e-4)


@pytest.mark.slow
def test_a_run_ends_in_a_bundle_that_scores(run: Run) -> None:
    folder = run.export()
    assert {file.name for file in folder.iterdir()} == {*FILES, "SHA256SUMS"}
    bundle = Bundle.load(folder)
    assert bundle.manifest.name == "trial"
    metrics = json.loads((folder / "metrics.json").read_text())
    results = metrics["evaluation"]["sentences"]
    assert {one["system"] for one in results} == {"sayso", "TF-IDF + LR", "cue words"}
    rows = {one["corpus"]: one["metrics"]["rows"] for one in results}
    assert rows == {"small": 32, "small, odd": 16, "yardstick": 16}
    assert metrics["evaluation"]["flips"][-1]["pairs"] == len(PAIRS.read_text().splitlines())
    card = (folder / "MODEL_CARD.md").read_text()
    first = results[0]["metrics"]["f1"]
    assert f"{first:.3f}" in card
    report = sayso.Scorer(folder).score("Officials said it may rain.")
    assert set(report.sentences[0].scores or ()) == set(bundle.manifest.labels)
