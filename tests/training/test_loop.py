from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file

from sayso.errors import RecipeError
from sayso.labels import HEDGING, LABELS
from sayso.training import loop
from sayso.training.batches import Batcher
from sayso.training.corpora import Example
from sayso.training.losses import kind_loss, sentence_loss, span_loss
from sayso.training.network import predict
from sayso.training.recipe import Recipe
from sayso.training.run import Run
from sayso.training.training_log import TrainingLog


class Killed(Exception):
    """Stands for a process that ends in the middle of a run."""


@pytest.fixture(autouse=True)
def frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 2)
    monkeypatch.setattr(loop, "LOG_EVERY", 2)


def start(recipe: Recipe, data: Path, folder: Path) -> Run:
    return Run(recipe, data, folder, Console(file=StringIO()))


@contextmanager
def killed_after(steps: int) -> Iterator[None]:
    """Ends a training inside, after a number of steps."""
    taken = 0
    batch = Batcher.batch

    def batch_until_killed(self: Batcher, rows: list[int]) -> object:
        nonlocal taken
        taken += len(rows) == 4  # a batch of training, not of dev rows
        if taken > steps:
            raise Killed
        return batch(self, rows)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Batcher, "batch", batch_until_killed)
        yield


def weights(run: Run) -> torch.Tensor:
    return torch.cat([one.detach().flatten() for one in run.network.parameters()])


def gradient(run: Run, name: str) -> torch.Tensor:
    found = run.network.get_parameter(name).grad
    assert found is not None
    return found


def test_training_learns_the_corpus(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    run = start(recipe, data, tmp_path / "run")
    run.train()
    lines = TrainingLog(tmp_path / "run" / "log.jsonl").lines()
    assert lines[-1].loss < lines[0].loss
    assert [line.name for line in lines if line.dev_average_precision] == [
        "first", "first", "second 1", "second 1", "second 2", "second 2",
    ]  # fmt: skip
    assert (tmp_path / "run" / "curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("steps_before_the_kill", [3, 8, 13, 24, 29])
def test_a_killed_run_ends_as_if_it_had_never_been_killed(
    recipe: Recipe, data: Path, tmp_path: Path, steps_before_the_kill: int
) -> None:
    whole = start(recipe, data, tmp_path / "whole")
    whole.train()
    with killed_after(steps_before_the_kill):
        start(recipe, data, tmp_path / "killed").train()
    resumed = start(recipe, data, tmp_path / "killed")
    resumed.train()
    assert torch.equal(weights(resumed), weights(whole))
    steps = [
        [(line.number, line.step) for line in TrainingLog(folder / "log.jsonl").lines()]
        for folder in (tmp_path / "whole", tmp_path / "killed")
    ]
    assert steps[0] == steps[1]


def test_another_recipe_does_not_resume_the_run(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    start(recipe, data, tmp_path / "run").train()
    other = recipe.model_copy(update={"seed": 14})
    with pytest.raises(RecipeError, match="--restart"):
        start(other, data, tmp_path / "run").train()
    start(other, data, tmp_path / "run").train(restart=True)


def test_an_example_has_loss_for_its_labels_only(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    run = start(recipe, data, tmp_path / "run")
    examples = run.examples("dev")
    blank = [type(examples[0])(text=one.text, targets={"hedging": 1.0}) for one in examples]
    batch = run.batcher(blank).batch([0, 1])
    outputs = run.network(batch.input_ids, batch.attention_mask)
    loss = sentence_loss(outputs, batch) + span_loss(outputs, batch)
    torch.autograd.backward(loss + kind_loss(outputs, batch))
    assert gradient(run, "sentence_out")[0].abs().sum() > 0
    assert gradient(run, "sentence_out")[1:].abs().sum() == 0
    assert gradient(run, "token.0.weight").abs().sum() == 0
    assert gradient(run, "kind.0.weight").abs().sum() == 0


def trained(recipe: Recipe, data: Path, folder: Path, **changes: float) -> torch.Tensor:
    """The weights that the recipe's two stages leave, the second with some changes."""
    first, second = recipe.stages
    second = second.model_copy(update={"interpolate": 0.0, "soup_size": 1, **changes})
    run = start(recipe.model_copy(update={"stages": (first, second)}), data, folder)
    run.train()
    return weights(run)


def test_a_stage_is_interpolated_with_the_network_before_it(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    first = start(recipe.model_copy(update={"stages": recipe.stages[:1]}), data, tmp_path / "first")
    first.train()
    alone = trained(recipe, data, tmp_path / "alone")
    half = trained(recipe, data, tmp_path / "half", interpolate=0.5)
    assert half == pytest.approx((alone + weights(first)) / 2, abs=1e-6)


def test_a_stage_is_interpolated_with_an_earlier_one(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    # A rate so small that nothing moves shows what the mean is of.
    first, second = (
        stage.model_copy(update={"interpolate": 0.0, "soup_size": 1}) for stage in recipe.stages
    )
    still = {"learning_rate": 1e-12, "head_learning_rate": 1e-12}
    mixed = {"interpolate": 0.25, "interpolate_with": "first"}
    third = second.model_copy(update={"name": "third", **still, **mixed})
    run = start(
        recipe.model_copy(update={"stages": (first, second, third)}), data, tmp_path / "all"
    )
    run.train()
    before = load_file(tmp_path / "all" / "after-first.safetensors")
    kept = torch.cat([before[name].flatten() for name, _ in run.network.named_parameters()])
    after_second = trained(recipe, data, tmp_path / "two")
    assert weights(run) == pytest.approx(0.75 * after_second + 0.25 * kept, abs=1e-5)


def test_a_soup_is_the_mean_of_its_members(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    alone = trained(recipe, data, tmp_path / "alone")
    mean = trained(recipe, data, tmp_path / "mean", soup_size=2)
    first, second = (
        torch.cat([one.flatten() for one in load_file(path).values()])
        for path in sorted((tmp_path / "mean").glob("run-*.safetensors"))
    )
    names = sorted(load_file(tmp_path / "mean" / "run-0.safetensors"))
    assert names == sorted(load_file(tmp_path / "mean" / "checkpoint" / "model.safetensors"))
    assert not torch.equal(first, second)
    assert mean.sum() == pytest.approx(float((first.sum() + second.sum()) / 2), rel=1e-4)
    assert alone.sum() == pytest.approx(float(first.sum()), rel=1e-4)


def with_student(recipe: Recipe, **changes: float) -> Recipe:
    """The recipe with a third stage that the second teaches and that follows the first."""
    student = recipe.stages[0].model_copy(
        update={"name": "third", "init_from": "first", "teachers": ("second",), **changes}
    )
    return recipe.model_copy(update={"stages": (*recipe.stages, student)})


def test_a_student_starts_from_its_stage_and_learns_from_its_teacher(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    # A rate so small that nothing moves shows where the stage began.
    still = with_student(recipe, learning_rate=1e-12, head_learning_rate=1e-12)
    run = start(still, data, tmp_path / "still")
    run.train()
    first = load_file(tmp_path / "still" / "after-first.safetensors")
    before = torch.cat([first[name].flatten() for name, _ in run.network.named_parameters()])
    assert weights(run) == pytest.approx(before, abs=1e-6)

    by_labels, by_teacher = (
        start(with_student(recipe, label_weight=weight), data, tmp_path / str(weight))
        for weight in (1.0, 0.0)
    )
    by_labels.train()
    by_teacher.train()
    assert not torch.equal(weights(by_labels), weights(by_teacher))


def test_a_student_that_was_killed_is_taught_the_same_again(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    whole = start(with_student(recipe), data, tmp_path / "whole")
    whole.train()
    in_third_stage = 8 + 2 * 16 + 3
    with killed_after(in_third_stage):
        start(with_student(recipe), data, tmp_path / "killed").train()
    lines = TrainingLog(tmp_path / "killed" / "log.jsonl").lines()
    assert (lines[-1].name, lines[-1].step) == ("third", 2)
    resumed = start(with_student(recipe), data, tmp_path / "killed")
    resumed.train()
    assert torch.equal(weights(resumed), weights(whole))


def test_soft_targets_of_two_teachers_are_their_mean(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    other_seed = recipe.model_copy(update={"seed": recipe.seed + 1})
    teachers = [start(seeded, data, tmp_path) for seeded in (recipe, other_seed)]
    batches = teachers[0].batcher([Example("It rained in the north.", {})])
    one, other = (predict(run.network, batches)[0].sigmoid()[0] for run in teachers)
    assert not torch.allclose(one, other)
    networks = [run.network for run in teachers]
    targets = loop.soft_targets(
        networks, batches, [0], label_weight=0.5, device=torch.device("cpu")
    )
    assert list(targets[0].values()) == pytest.approx(((one + other) / 2).tolist(), abs=1e-6)


def test_soft_targets_are_averaged_with_labels(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    run = start(recipe, data, tmp_path)
    rows = [
        Example("Never asked.", {}),
        Example("It rained on Monday in the whole of the north.", {}),
        Example("It may rain.", {HEDGING: 1.0}),
    ]
    batches = run.batcher(rows)
    targets = loop.soft_targets(
        [run.network], batches, [2, 1], label_weight=0.75, device=torch.device("cpu")
    )
    said = predict(run.network, batches)[0].sigmoid()
    assert set(targets) == {1, 2}
    assert list(targets[1]) == list(LABELS)
    assert list(targets[1].values()) == pytest.approx(said[1].tolist(), abs=1e-6)
    assert targets[2][HEDGING] == pytest.approx(0.75 + 0.25 * float(said[2, 0]), abs=1e-6)

    batch_targets = batches.with_targets(targets).batch([0, 1, 2]).targets
    assert batch_targets[0].isnan().all()
    assert batch_targets[1].tolist() == pytest.approx(said[1].tolist(), abs=1e-6)
