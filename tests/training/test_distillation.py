from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console

from sayso.labels import HEDGING, LABELS
from sayso.training.corpora import Example
from sayso.training.distillation import taught_targets
from sayso.training.network import read_all
from sayso.training.recipe import Recipe
from sayso.training.run import Run


def test_two_teachers_say_their_mean(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    teachers = [Run(one, data, tmp_path, Console(file=StringIO())) for one in (
        recipe, recipe.model_copy(update={"seed": recipe.seed + 1}),
    )]  # fmt: skip
    batches = teachers[0].batcher([Example("It rained in the north.", {})])
    one, other = (read_all(run.network, batches)[0].sigmoid()[0] for run in teachers)
    assert not torch.allclose(one, other)
    networks = [run.network for run in teachers]
    targets = taught_targets(networks, batches, [0], trust=0.5, device=torch.device("cpu"))
    assert list(targets[0].values()) == pytest.approx(((one + other) / 2).tolist(), abs=1e-6)


def test_the_teacher_speaks_where_no_label_does_and_is_averaged_where_one_does(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    run = Run(recipe, data, tmp_path, Console(file=StringIO()))
    rows = [
        Example("Never asked.", {}),
        Example("It rained on Monday in the whole of the north.", {}),
        Example("It may rain.", {HEDGING: 1.0}),
    ]
    batches = run.batcher(rows)
    targets = taught_targets([run.network], batches, [2, 1], trust=0.75, device=torch.device("cpu"))
    said = read_all(run.network, batches)[0].sigmoid()
    assert set(targets) == {1, 2}
    assert list(targets[1]) == list(LABELS)
    assert list(targets[1].values()) == pytest.approx(said[1].tolist(), abs=1e-6)
    assert targets[2][HEDGING] == pytest.approx(0.75 + 0.25 * float(said[2, 0]), abs=1e-6)

    taught = batches.taught(targets).batch([0, 1, 2]).targets
    assert taught[0].isnan().all()
    assert taught[1].tolist() == pytest.approx(said[1].tolist(), abs=1e-6)
