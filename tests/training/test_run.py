"""A run whose recipe has a teacher: a smaller network that starts from it and is distilled."""

from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console

from sayso.cli.train import comparison_bundles
from sayso.errors import RecipeError
from sayso.training.losses import distillation_loss
from sayso.training.network import init_from_teacher
from sayso.training.recipe import Recipe
from sayso.training.recipe_file import load_recipe
from sayso.training.run import Run
from sayso.training.training_log import TrainingLog

FAST = """
name = "small"
summary = "Half of the trial."
reference = "small"
teacher = "{teacher}"
precision = "float32"

[network]
encoder = "{encoder}"
max_tokens = 32
overlap_tokens = 8
head_size = 8
layers = [1]

[[stages]]
name = "mimic"
epochs = 12
batch_size = 4
learning_rate = 3e-3
head_learning_rate = 1e-3
label_weight = 0.0
distill_weight = 1.0
shares = {{ small = 1.0 }}
"""


@pytest.fixture
def fast(trial: Run, tmp_path: Path) -> Recipe:
    file = tmp_path / "small.toml"
    text = FAST.format(teacher=trial.bundle, encoder=trial.recipe.network.encoder)
    file.write_text(text, encoding="utf-8")
    return load_recipe(str(file))


def trained(recipe: Recipe, data: Path, folder: Path) -> Run:
    run = Run(recipe, data, folder, Console(file=StringIO()))
    run.train()
    return run


def test_a_student_has_its_teachers_corpora(trial: Run, fast: Recipe) -> None:
    assert fast.corpora == trial.recipe.corpora


def test_a_student_is_distilled_from_its_teacher_and_compared_with_it(
    trial: Run, fast: Recipe, data: Path, tmp_path: Path
) -> None:
    student = trained(fast, data, tmp_path / "small")
    beginner = Run(fast, data, tmp_path / "other", Console(file=StringIO()))
    batch = student.batcher(student.examples("dev")).batch([*range(32)])
    losses = []
    for run in (beginner, student):
        run.network.eval()
        with torch.inference_mode():
            outputs, goal = (
                one.network(batch.input_ids, batch.attention_mask) for one in (run, trial)
            )
        losses.append(float(distillation_loss(outputs, goal, batch)))
    assert losses[1] < losses[0]
    lines = TrainingLog(tmp_path / "small" / "log.jsonl").lines()
    assert lines[-1].dev_average_precision is not None
    comparisons = comparison_bundles(fast, data, tmp_path, Console(file=StringIO()))
    assert comparisons == {"teacher": trial.bundle}


def test_a_student_starts_from_its_teacher_without_the_layers_that_are_not_kept(
    recipe: Recipe, fast: Recipe, data: Path, tmp_path: Path
) -> None:
    teacher, student = (
        Run(one, data, tmp_path, Console(file=StringIO())).network for one in (recipe, fast)
    )
    init_from_teacher(student, teacher, fast.network.layers)
    kept, all_of_it = student.state_dict(), teacher.state_dict()
    name = "encoder.encoder.layer.{}.output.dense.weight"
    assert torch.equal(kept[name.format(0)], all_of_it[name.format(1)])
    assert name.format(1) not in kept
    assert torch.equal(kept["sentence_out"], all_of_it["sentence_out"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("layers = [1]", "layers = [2]", "names layer 2; the encoder's last is 1"),
        ("distill_weight = 1.0", "distill_weight = -1.0", "greater than or equal to 0"),
    ],
)
def test_an_impossible_student_is_an_error(
    fast: Recipe, data: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = fast.path.read_text(encoding="utf-8")
    fast.path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RecipeError, match=message):
        trained(load_recipe(str(fast.path)), data, tmp_path / "small")


def test_distillation_needs_a_teacher(recipe: Recipe) -> None:
    text = recipe.path.read_text(encoding="utf-8")
    recipe.path.write_text(
        text.replace("soup_size = 2", "soup_size = 2\ndistill_weight = 1.0"), encoding="utf-8"
    )
    with pytest.raises(RecipeError, match="has a distill_weight, but the recipe has no teacher"):
        load_recipe(str(recipe.path))
