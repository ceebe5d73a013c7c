"""How far two annotators agree: `python -m training.tools.annotator_agreement`."""

import json
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sklearn.metrics import accuracy_score, cohen_kappa_score

from sayso.labels import LABELS
from sayso.training.recipe import SENTENCES

ARTICLES = SENTENCES / "articles"

Reading = Mapping[str, Mapping[str, int]]
"""Id of a sentence to its labels."""


def read(path: Path) -> Reading:
    """The labels of each row of a JSONL file, by its id."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["labels"] for row in rows}


def agreement(first: Reading, second: Reading, label: str) -> tuple[float, float]:
    """Share of the sentences of `second` that both readings judge alike, and Cohen's kappa.

    Source: Cohen, "A coefficient of agreement for nominal scales", 1960.
    """
    one, other = ([reading[name][label] for name in second] for reading in (first, second))
    return float(accuracy_score(one, other)), float(cohen_kappa_score(one, other))


def main() -> None:
    """Print the agreement of the two readings of `training/sentences/articles`."""
    first, second = read(ARTICLES / "train.jsonl"), read(ARTICLES / "second.jsonl")
    table = Table("label", "alike", "kappa", title=f"{len(second)} sentences read twice")
    for label in LABELS:
        alike, kappa = agreement(first, second, label)
        table.add_row(label, f"{alike:.1%}", f"{kappa:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
