"""`sayso train`, `evaluate` and `export` as a user calls them."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sayso.training.recipe import Recipe
from sayso.training.training_log import TrainingLog

pytestmark = pytest.mark.slow

SAYSO = (sys.executable, "-W", "ignore", "-m", "sayso")


def sayso(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*SAYSO, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_a_killed_training_is_resumed_and_ends_in_a_bundle(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    text = recipe.path.read_text(encoding="utf-8").replace("epochs = 2", "epochs = 150")
    recipe.path.write_text(text, encoding="utf-8")
    run = tmp_path / "run"
    command = [*SAYSO, "train", str(recipe.path), "--data", str(data), "--output", str(run)]
    training = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (run / "checkpoint").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    training.send_signal(signal.SIGKILL)
    training.wait()
    assert (run / "checkpoint").exists()

    again = sayso("train", recipe.path, "--data", data, "--output", run)
    assert again.returncode == 0, again.stderr
    assert "resuming the run" in again.stderr

    evaluated = sayso("evaluate", run / "bundle", "--data", data, "--output", tmp_path / "e.json")
    assert evaluated.returncode == 0, evaluated.stderr
    assert "TF-IDF + LR" in evaluated.stdout
    assert json.loads((tmp_path / "e.json").read_text())["recipe"] == "trial"

    exported = sayso("export", run, "--data", data)
    assert exported.returncode == 0, exported.stderr


def test_a_bad_recipe_ends_with_a_message(recipe: Recipe) -> None:
    recipe.path.write_text(
        recipe.path.read_text(encoding="utf-8").replace("batch_size", "batch_sise"),
        encoding="utf-8",
    )
    result = sayso("train", recipe.path)
    assert result.returncode == 2
    assert "\n  stages.0.batch_sise: unknown key; did you mean batch_size?\n" in result.stderr
    assert "Traceback" not in result.stderr


def test_missing_data_ends_with_a_message(recipe: Recipe, tmp_path: Path) -> None:
    result = sayso("train", recipe.path, "--output", tmp_path / "run")
    assert result.returncode == 2
    assert "--data" in result.stderr


def test_two_processes_train_the_same_network_as_one(
    recipe: Recipe, encoder: Path, data: Path, tmp_path: Path
) -> None:
    # Without dropout, the only chance that processes do not share, and with odd batches, of which
    # one process has more than the other.
    sure = shutil.copytree(encoder, tmp_path / "encoder")
    config = json.loads((sure / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (sure / "config.json").write_text(json.dumps(config))
    text = recipe.path.read_text(encoding="utf-8").replace(str(encoder), str(sure))
    text = text.replace("head_size = 8", "head_size = 8\ndropout = 0.0")
    recipe.path.write_text(text.replace("batch_size = 4", "batch_size = 5"), encoding="utf-8")
    alone, both = tmp_path / "alone", tmp_path / "both"
    trained = sayso("train", recipe.path, "--data", data, "--output", alone)
    assert trained.returncode == 0, trained.stderr
    launched = subprocess.run(
        [
            sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes=2",
            "--num_machines=1", "--mixed_precision=no", "--dynamo_backend=no",
            "--main_process_port=0", "-m",
            "sayso", "train", recipe.path, "--data", data, "--output", both,
        ],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert launched.returncode == 0, launched.stderr[-2000:]
    assert (both / "bundle" / "SHA256SUMS").exists()
    curves = [
        [line.loss for line in TrainingLog(run / "log.jsonl").lines()] for run in (alone, both)
    ]
    assert curves[1] == pytest.approx(curves[0], rel=1e-4)


def test_a_baseline_is_trained_once_and_compared_with(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    text = recipe.path.read_text(encoding="utf-8")
    other.write_text(text.replace('"trial"', '"other"', 1), encoding="utf-8")
    recipe.path.write_text(f'baselines = ["{other}"]\n{text}', encoding="utf-8")
    run = tmp_path / "runs" / "trial"
    trained = sayso("train", recipe.path, "--data", data, "--output", run)
    assert trained.returncode == 0, trained.stderr
    assert "training the baseline, recipe other" in trained.stderr
    systems = {
        one["system"]
        for one in json.loads((run / "bundle" / "metrics.json").read_text())["evaluation"][
            "sentences"
        ]
    }
    assert "recipe other" in systems

    exported = sayso("export", run, "--data", data)
    assert exported.returncode == 0, exported.stderr
    assert "training the baseline" not in exported.stderr
