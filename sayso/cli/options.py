"""Options that several commands take."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from sayso.errors import InputError

BundleOption = Annotated[
    str | None, typer.Option(help="A model bundle's folder or name; the shipped default.")
]
DataOption = Annotated[
    Path | None, typer.Option(help="Directory that holds a folder for each corpus.")
]
LabelsOption = Annotated[
    list[str] | None, typer.Option(metavar="LABEL,...", help="Only these labels.")
]
ThresholdOption = Annotated[
    list[str] | None,
    typer.Option(metavar="LABEL=SCORE", help="Flag a label from this score, 0 to 1; repeatable."),
]


def split_labels(values: Iterable[str] | None) -> list[str] | None:
    """The labels of repeated or comma-separated options; None if none is given."""
    return _split(values or ()) or None


def split_thresholds(values: Iterable[str] | None) -> dict[str, float]:
    """The thresholds of `LABEL=SCORE` options.

    Raises:
        InputError: one is of another form.
    """
    thresholds = {}
    for value in _split(values or ()):
        label, _, number = value.partition("=")
        try:
            thresholds[label.strip()] = float(number)
        except ValueError as error:
            raise InputError(
                f"--threshold is {value!r}; expected LABEL=NUMBER, such as hedging=0.4"
            ) from error
    return thresholds


def _split(values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]
