from pathlib import Path

import numpy as np

from sayso.training.plots import draw_scores
from sayso.training.results import Evaluation, ScoredRows


def test_each_kind_of_picture_is_drawn(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(100)
    targets = (rng.random(100) < scores).astype(float)
    rows = tuple(ScoredRows("small", label, targets, scores, 0.5) for label in ("a", "b"))
    drawn = draw_scores(rows, tmp_path / "plots")
    assert [path.name for path in drawn] == [
        "precision_recall.png", "reliability.png", "confusion.png",
    ]  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_scored_rows_are_no_part_of_the_figures() -> None:
    rows = ScoredRows("small", "a", np.zeros(3), np.zeros(3), 0.5)
    evaluation = Evaluation(
        "m", "r", sentences=(), folds=(), evidence=(), kinds=(), flips=(), leanings=(), mistakes=(),
        scored=(rows,),
    )  # fmt: skip
    assert "scored" not in evaluation.to_dict()
