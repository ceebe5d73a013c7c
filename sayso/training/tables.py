"""Evaluation results as tables, for the terminal and the model card."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sayso.labels import LABELS
from sayso.training.results import Evaluation

TextTable = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""A header and rows."""

TITLES = {
    "sentences": "Sentences: {0.model}",
    "folds": "F1 over folds, each with the threshold of the others",
    "evidence": "Evidence, on test rows that truly have the label",
    "kinds": "Kind of an unverified attribution, on true positives",
    "flips": "Minimal pairs that change only who or where",
    "leanings": "Errors by the leaning of the outlet",
    "mistakes": "The surest mistakes on sentences written for Sayso",
}
"""Fields of `Evaluation` that are tables, and their titles in the terminal."""


def _interval(ends: tuple[float, float]) -> str:
    return "{:.3f}-{:.3f}".format(*ends)


COLUMNS: Mapping[str, Sequence[tuple[str, Callable[[Any], str]]]] = {
    "sentences": (
        ("corpus", lambda result: str(result.corpus)),
        ("label", lambda result: str(result.label)),
        ("system", lambda result: str(result.system)),
        ("rows", lambda result: str(result.metrics.rows)),
        ("positive", lambda result: str(result.metrics.positives)),
        ("threshold", lambda result: f"{result.metrics.threshold:.2f} ({result.threshold_from})"),
        ("P", lambda result: f"{result.metrics.precision:.3f}"),
        ("R", lambda result: f"{result.metrics.recall:.3f}"),
        ("F1", lambda result: f"{result.metrics.f1:.3f}"),
        ("95 % of F1", lambda result: _interval(result.metrics.interval)),
        ("macro-F1", lambda result: f"{result.metrics.macro_f1:.3f}"),
        ("MCC", lambda result: f"{result.metrics.mcc:.3f}"),
        ("AP", lambda result: f"{result.metrics.average_precision:.3f}"),
        ("ECE", lambda result: f"{result.metrics.calibration_error:.3f}"),
    ),
    "folds": (
        ("corpus", lambda result: str(result.corpus)),
        ("label", lambda result: str(result.label)),
        ("system", lambda result: str(result.system)),
        ("rows", lambda result: str(result.rows)),
        ("folds", lambda result: str(len(result.f1s))),
        ("mean F1", lambda result: f"{result.mean:.3f}"),
        ("spread", lambda result: f"{result.spread:.3f}"),
        ("lowest", lambda result: f"{min(result.f1s):.3f}"),
        ("highest", lambda result: f"{max(result.f1s):.3f}"),
    ),
    "evidence": (
        ("corpus", lambda result: str(result.corpus)),
        ("label", lambda result: str(result.label)),
        ("P", lambda result: f"{result.precision:.3f}"),
        ("R", lambda result: f"{result.recall:.3f}"),
        ("character F1", lambda result: f"{result.f1:.3f}"),
        ("end-to-end F1", lambda result: f"{result.end_to_end_f1:.3f}"),
    ),
    "kinds": (
        ("corpus", lambda result: str(result.corpus)),
        ("true positives", lambda result: str(result.rows)),
        ("accuracy", lambda result: f"{result.accuracy:.3f}"),
    ),
    "flips": (
        ("what changes", lambda result: str(result.changes)),
        ("pairs", lambda result: str(result.pairs)),
        (
            "pairs with a flip",
            lambda result: f"{result.flipped} ({result.flipped / max(1, result.pairs):.1%})",
        ),
        *(
            (f"of {label}", lambda result, label=label: str(result.by_label[label]))
            for label in LABELS
        ),
    ),
    "leanings": (
        ("label", lambda result: str(result.label)),
        ("leaning", lambda result: str(result.leaning)),
        ("rows", lambda result: str(result.rows)),
        ("positive", lambda result: str(result.positives)),
        ("false alarms", lambda result: f"{result.false_alarms:.3f}"),
        ("95 %", lambda result: _interval(result.false_alarms_interval)),
        ("misses", lambda result: f"{result.misses:.3f}"),
        ("95 %", lambda result: _interval(result.misses_interval)),
        ("p of false alarms", lambda result: f"{result.p_false_alarms:.3f}"),
        ("p of misses", lambda result: f"{result.p_misses:.3f}"),
    ),
    "mistakes": (
        ("label", lambda result: str(result.label)),
        ("the sentence", lambda result: "has it" if result.has else "has it not"),
        ("score", lambda result: f"{result.score:.2f}"),
        ("sentence", lambda result: str(result.text)),
    ),
}
"""The columns of each table: a title, and the cell of a result."""


def text_table(evaluation: Evaluation, name: str) -> TextTable:
    """The results in one field of an evaluation."""
    columns, results = COLUMNS[name], getattr(evaluation, name)
    header = tuple(title for title, _ in columns)
    return header, [tuple(cell(result) for _, cell in columns) for result in results]


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print all results as tables."""
    for name, title in TITLES.items():
        header, rows = text_table(evaluation, name)
        if not rows:
            continue
        table = Table(title=title.format(evaluation), title_justify="left")
        for column in header:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def markdown(table: TextTable) -> str:
    """Header and rows as a Markdown table."""
    header, body = table
    lines: Sequence[Sequence[str]] = (header, ["---"] * len(header), *body)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
