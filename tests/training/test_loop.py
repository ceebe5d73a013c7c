from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file

from models.errors import RecipeError
from training import loop
from training.batches import Batcher
from training.recipe import Recipe
from training.run import Run


class Killed(Exception):
    """Stands for a process that ends in the middle of a run."""


@pytest.fixture(autouse=True)
def frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 2)
    monkeypatch.setattr(loop, "LOG_EVERY", 2)


def start(recipe: Recipe, data: Path, folder: Path) -> Run:
    return Run(recipe, data, folder, Console(file=StringIO()))


def weights(run: Run) -> torch.Tensor:
    return torch.cat([one.detach().flatten() for one in run.network.parameters()])


def test_training_learns_the_corpus(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    run = start(recipe, data, tmp_path / "run")
    run.train()
    lines = loop.TrainingLog(tmp_path / "run" / "log.jsonl").lines()
    assert lines[-1].loss < lines[0].loss
    assert [line.name for line in lines if line.dev_average_precision] == [
        "first", "first", "second 1", "second 1", "second 2", "second 2",
    ]  # fmt: skip
    assert (tmp_path / "run" / "curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("steps_before_the_kill", [3, 8, 13, 24, 29])
def test_a_killed_run_ends_as_if_it_had_never_been_killed(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps_before_the_kill: int,
) -> None:
    whole = start(recipe, data, tmp_path / "whole")
    whole.train()
    killed = start(recipe, data, tmp_path / "killed")
    taken = 0
    batch = Batcher.batch

    def batch_until_killed(self: Batcher, rows: list[int]) -> object:
        nonlocal taken
        taken += len(rows) == 4  # a batch of training, not of dev rows
        if taken > steps_before_the_kill:
            raise Killed
        return batch(self, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Batcher, "batch", batch_until_killed)
        with pytest.raises(Killed):
            killed.train()
    resumed = start(recipe, data, tmp_path / "killed")
    resumed.train()
    assert torch.equal(weights(resumed), weights(whole))
    steps = [
        [(line.number, line.step) for line in loop.TrainingLog(folder / "log.jsonl").lines()]
        for folder in (tmp_path / "whole", tmp_path / "killed")
    ]
    assert steps[0] == steps[1]


def test_another_recipe_does_not_take_up_the_run(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    start(recipe, data, tmp_path / "run").train()
    other = recipe.model_copy(update={"seed": 14})
    with pytest.raises(RecipeError, match="--restart"):
        start(other, data, tmp_path / "run").train()
    start(other, data, tmp_path / "run").train(restart=True)


def test_an_example_gives_loss_only_for_what_it_is_labelled_for(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    run = start(recipe, data, tmp_path / "run")
    examples = run._dev()
    blank = [type(examples[0])(text=one.text, targets={"hedging": 1.0}) for one in examples]
    batch = run.batcher(blank).batch([0, 1])
    outputs = run.network(batch.input_ids, batch.attention_mask)
    loss = loop.sentence_loss(outputs, batch) + loop.span_loss(outputs, batch)
    (loss + loop.kind_loss(outputs, batch)).backward()
    gradient = run.network.sentence_out.grad
    assert gradient is not None
    assert gradient[0].abs().sum() > 0
    assert gradient[1:].abs().sum() == 0
    assert run.network.token[0].weight.grad.abs().sum() == 0
    assert run.network.kind[0].weight.grad.abs().sum() == 0


def trained(recipe: Recipe, data: Path, folder: Path, **changes: float) -> torch.Tensor:
    """The weights that the recipe's two stages leave, the second with some changes."""
    first, second = recipe.stages
    second = second.model_copy(update={"keep": 0.0, "runs": 1, **changes})
    run = start(recipe.model_copy(update={"stages": (first, second)}), data, folder)
    run.train()
    return weights(run)


def test_a_stage_may_keep_part_of_the_network_before_it(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    first = start(recipe.model_copy(update={"stages": recipe.stages[:1]}), data, tmp_path / "first")
    first.train()
    alone = trained(recipe, data, tmp_path / "alone")
    half = trained(recipe, data, tmp_path / "half", keep=0.5)
    assert half == pytest.approx((alone + weights(first)) / 2, abs=1e-6)


def test_a_stage_run_several_times_leaves_the_mean(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    alone = trained(recipe, data, tmp_path / "alone")
    mean = trained(recipe, data, tmp_path / "mean", runs=2)
    first, second = (
        torch.cat([one.flatten() for one in load_file(path).values()])
        for path in sorted((tmp_path / "mean").glob("run-*.safetensors"))
    )
    names = sorted(load_file(tmp_path / "mean" / "run-0.safetensors"))
    assert names == sorted(load_file(tmp_path / "mean" / "checkpoint" / "model.safetensors"))
    assert not torch.equal(first, second)
    assert mean.sum() == pytest.approx(float((first.sum() + second.sum()) / 2), rel=1e-4)
    assert alone.sum() == pytest.approx(float(first.sum()), rel=1e-4)
