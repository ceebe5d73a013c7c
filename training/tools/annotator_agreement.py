"""Agreement of two annotators: `python -m training.tools.annotator_agreement`.

Both labelled sentences of `training/sentences/articles`, independently.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sklearn.metrics import accuracy_score, cohen_kappa_score

from sayso.labels import LABELS
from sayso.training.recipe import SENTENCES

ARTICLES = SENTENCES / "articles"

Annotations = Mapping[str, Mapping[str, int]]
"""Id of a sentence to its labels."""


def read_annotations(path: Path) -> Annotations:
    """The labels of each row of a JSONL file, by its id."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["labels"] for row in rows}


def agreement(first: Annotations, second: Annotations, label: str) -> tuple[float, float]:
    """Share of the sentences of `second` with the same label in both, and Cohen's kappa.

    Source: Cohen, "A coefficient of agreement for nominal scales", 1960.
    """
    ours, theirs = ([labels[name][label] for name in second] for labels in (first, second))
    return float(accuracy_score(ours, theirs)), float(cohen_kappa_score(ours, theirs))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the agreement for each label."""
    argparse.ArgumentParser(
        prog="python -m training.tools.annotator_agreement",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    first, second = (read_annotations(ARTICLES / name) for name in ("train.jsonl", "second.jsonl"))
    table = Table("label", "agreement", "kappa", title=f"{len(second)} sentences labelled twice")
    for label in LABELS:
        share, kappa = agreement(first, second, label)
        table.add_row(label, f"{share:.1%}", f"{kappa:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
