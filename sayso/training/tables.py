"""Evaluation results as tables, for the terminal and the model card."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sayso.labels import LABELS
from sayso.training.results import Evaluation, SentenceResult

TextTable = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""A header and rows."""

_SENTENCE_HEADER = (
    "corpus", "label", "system", "rows", "positive", "threshold", "P", "R", "F1", "95 % of F1",
    "macro-F1", "MCC", "AP", "ECE",
)  # fmt: skip


def sentence_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the sentence results."""
    return _SENTENCE_HEADER, [_sentence_row(result) for result in evaluation.sentences]


def fold_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the cross-validations."""
    header = (
        "corpus", "label", "system", "rows", "folds", "mean F1", "spread", "lowest", "highest",
    )  # fmt: skip
    return header, [
        (
            result.corpus,
            result.label,
            result.system,
            str(result.rows),
            str(len(result.f1s)),
            *_three(result.mean, result.spread, min(result.f1s), max(result.f1s)),
        )
        for result in evaluation.folds
    ]


def evidence_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the evidence results."""
    header = ("corpus", "label", "P", "R", "character F1", "end-to-end F1")
    return header, [
        (
            result.corpus,
            result.label,
            *_three(result.precision, result.recall, result.f1, result.end_to_end_f1),
        )
        for result in evaluation.evidence
    ]


def kind_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the kind results."""
    return ("corpus", "true positives", "accuracy"), [
        (result.corpus, str(result.rows), *_three(result.accuracy)) for result in evaluation.kinds
    ]


def flip_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the minimal pairs."""
    return ("what changes", "pairs", "pairs with a flip", *(f"of {label}" for label in LABELS)), [
        (
            result.changes,
            str(result.pairs),
            f"{result.flipped} ({result.flipped / max(1, result.pairs):.1%})",
            *(str(result.by_label[label]) for label in LABELS),
        )
        for result in evaluation.flips
    ]


def leaning_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the error rates by leaning."""
    header = (
        "label", "leaning", "rows", "positive",
        "false alarms", "95 %", "misses", "95 %", "p of false alarms", "p of misses",
    )  # fmt: skip
    return header, [
        (
            result.label,
            result.leaning,
            str(result.rows),
            str(result.positives),
            *_three(result.false_alarms),
            "-".join(_three(*result.false_alarms_interval)),
            *_three(result.misses),
            "-".join(_three(*result.misses_interval)),
            *_three(result.p_false_alarms, result.p_misses),
        )
        for result in evaluation.leanings
    ]


def mistake_rows(evaluation: Evaluation) -> TextTable:
    """Header and rows of the surest mistakes."""
    return ("label", "the sentence", "score", "sentence"), [
        (result.label, "has it" if result.has else "has it not", f"{result.score:.2f}", result.text)
        for result in evaluation.mistakes
    ]


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print all results as tables."""
    for title, (header, rows) in (
        (f"Sentences: {evaluation.model}", sentence_rows(evaluation)),
        ("F1 over folds, each with the threshold of the others", fold_rows(evaluation)),
        ("Evidence, on test rows that truly have the label", evidence_rows(evaluation)),
        ("Kind of an unverified attribution, on true positives", kind_rows(evaluation)),
        ("Minimal pairs that change only who or where", flip_rows(evaluation)),
        ("Errors by the leaning of the outlet", leaning_rows(evaluation)),
        ("The surest mistakes on sentences written for Sayso", mistake_rows(evaluation)),
    ):
        if not rows:
            continue
        table = Table(title=title, title_justify="left")
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


def _sentence_row(result: SentenceResult) -> tuple[str, ...]:
    metrics = result.metrics
    low, high = metrics.interval
    return (
        result.corpus,
        result.label,
        result.system,
        str(metrics.rows),
        str(metrics.positives),
        f"{metrics.threshold:.2f} ({result.threshold_from})",
        *_three(metrics.precision, metrics.recall, metrics.f1),
        f"{low:.3f}-{high:.3f}",
        *_three(
            metrics.macro_f1, metrics.mcc, metrics.average_precision, metrics.calibration_error
        ),
    )


def _three(*numbers: float) -> tuple[str, ...]:
    return tuple(f"{number:.3f}" for number in numbers)
