"""Evaluation results as tables for people: on the terminal and in the model card."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sayso.labels import LABELS
from sayso.training.results import Evaluation, SentenceResult

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]

_SENTENCE_HEADER = (
    "corpus", "label", "system", "rows", "positive", "threshold", "P", "R", "F1", "95 % of F1",
    "macro-F1", "MCC", "AP", "ECE",
)  # fmt: skip


def sentence_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the sentence results."""
    return _SENTENCE_HEADER, [_sentence_row(result) for result in evaluation.sentences]


def fold_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the cross-validations."""
    header = (
        "corpus",
        "label",
        "system",
        "rows",
        "folds",
        "mean F1",
        "spread",
        "lowest",
        "highest",
    )
    return header, [
        (
            one.corpus,
            one.label,
            one.system,
            str(one.rows),
            str(len(one.f1s)),
            *_three(one.mean, one.spread, min(one.f1s), max(one.f1s)),
        )
        for one in evaluation.folds
    ]


def evidence_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the evidence results."""
    header = ("corpus", "label", "P", "R", "character F1", "end-to-end F1")
    return header, [
        (one.corpus, one.label, *_three(one.precision, one.recall, one.f1, one.end_to_end_f1))
        for one in evaluation.evidence
    ]


def kind_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the kind results."""
    return ("corpus", "true positives", "accuracy"), [
        (one.corpus, str(one.rows), *_three(one.accuracy)) for one in evaluation.kinds
    ]


def flip_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the minimal pairs."""
    return ("what changes", "pairs", "pairs with a flip", *(f"of {one}" for one in LABELS)), [
        (
            one.changes,
            str(one.pairs),
            f"{one.flipped} ({one.flipped / max(1, one.pairs):.1%})",
            *(str(one.by_label[label]) for label in LABELS),
        )
        for one in evaluation.flips
    ]


def leaning_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the error rates by leaning."""
    header = (
        "label", "leaning", "rows", "positive",
        "false alarms", "95 %", "misses", "95 %", "p of false alarms", "p of misses",
    )  # fmt: skip
    return header, [
        (
            one.label,
            one.leaning,
            str(one.rows),
            str(one.positives),
            *_three(one.false_alarms),
            "-".join(_three(*one.false_alarms_interval)),
            *_three(one.misses),
            "-".join(_three(*one.misses_interval)),
            *_three(one.p_false_alarms, one.p_misses),
        )
        for one in evaluation.leanings
    ]


def mistake_rows(evaluation: Evaluation) -> Rows:
    """Header and rows of the surest mistakes."""
    return ("label", "the sentence", "score", "sentence"), [
        (one.label, "has it" if one.has else "has it not", f"{one.score:.2f}", one.text)
        for one in evaluation.mistakes
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


def markdown(rows: Rows) -> str:
    """Header and rows as a Markdown table."""
    header, body = rows
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
