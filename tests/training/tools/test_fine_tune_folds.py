import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sayso.training.recipe import Recipe
from sayso.training.recipe_file import load_recipe
from sayso.training.run import Run
from training.tools.fine_tune_folds import main

pytestmark = pytest.mark.slow

FOLDS = """
[[corpora]]
name = "folded"
train = []
test = ["rows"]
folds = "fold"
labels = { wet = "wet" }

[[corpora]]
name = "taught"
folder = "folded"
train = ["other"]
labels = { wet = "wet" }

[[stages]]
name = "first"
"""


def test_each_fold_is_evaluated_with_a_network_tuned_on_the_others(
    recipe: Recipe, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "small").symlink_to(data / "small")
    (folder / "folded").mkdir()
    rows = [
        {"text": f"{word} fell on day {day}.", "labels": {"wet": wet}, "fold": day % 3}
        for day in range(60)
        for word, wet in (("Rain", 1), ("Stones", 0))
    ]
    for name, some in {
        "rows": rows,
        "other": [row | {"text": "It is dry."} for row in rows[:8]],
    }.items():
        lines = "".join(json.dumps(row) + "\n" for row in some)
        (folder / "folded" / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    text = recipe.path.read_text(encoding="utf-8")
    text = text.replace('[[stages]]\nname = "first"', FOLDS).replace(
        "soup_size = 2\ninterpolate = 0.5\n", ""
    )
    recipe.path.write_text(text, encoding="utf-8")

    run = Run(load_recipe(str(recipe.path)), folder, tmp_path / "run", Console(file=StringIO()))
    run.train()
    main([str(tmp_path / "run"), "--data", str(folder)])
    first = capsys.readouterr()
    assert "folded, wet: F1 1.000, spread 0.000 over 3 folds of 120 rows" in first.out
    assert "without fold 2" in first.err

    main([str(tmp_path / "run"), "--data", str(folder)])
    again = capsys.readouterr()
    assert again.out == first.out
    assert "fine-tuning on" not in again.err
