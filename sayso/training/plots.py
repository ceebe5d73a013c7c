"""Plots of an evaluation."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix, precision_recall_curve

from sayso.training.results import ScoredRows

BINS = 10


def draw_scores(scored: Sequence[ScoredRows], folder: Path) -> list[Path]:
    """Draw each label on each corpus, as one PNG for each kind of plot.

    Returns:
        The files: precision against recall, reliability, and confusion at the threshold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, draw in (
        ("precision_recall", _precision_recall),
        ("reliability", _reliability),
        ("confusion", _confusion),
    ):
        figure = Figure(figsize=(4 * len(scored), 4), layout="constrained")
        for axes, rows in zip(
            figure.subplots(1, len(scored), squeeze=False)[0], scored, strict=True
        ):
            draw(axes, rows)
            axes.set_title(f"{rows.label}\non {rows.corpus}", fontsize="medium")
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=110)
        drawn.append(path)
    return drawn


def _precision_recall(axes: Axes, rows: ScoredRows) -> None:
    precision, recall, _ = precision_recall_curve(rows.targets, rows.scores)
    axes.plot(recall, precision)
    flags = rows.scores >= rows.threshold
    hits = (flags & (rows.targets == 1)).sum()
    axes.plot(hits / max(1, rows.targets.sum()), hits / max(1, flags.sum()), "o", label="threshold")
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="lower left")


def _reliability(axes: Axes, rows: ScoredRows) -> None:
    bins = np.array_split(np.argsort(rows.scores, kind="stable"), BINS)
    axes.plot([0, 1], [0, 1], ":", color="grey")
    axes.plot(
        [rows.scores[tenth].mean() for tenth in bins],
        [rows.targets[tenth].mean() for tenth in bins],
        "o-",
    )
    axes.set(xlabel="mean score of a tenth of the rows", ylabel="share that has the label")


def _confusion(axes: Axes, rows: ScoredRows) -> None:
    counts = confusion_matrix(rows.targets == 1, rows.scores >= rows.threshold)
    axes.imshow(np.sqrt(counts), cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        dark = count > counts.max() / 3
        axes.text(column, row, f"{count:,}", ha="center", color="white" if dark else "black")
    axes.set_xticks([0, 1], ["not flagged", "flagged"])
    axes.set_yticks([0, 1], ["without", "with"], rotation=90, va="center")
