"""`sayso compare`: what got stronger and what got weaker from one text to another."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli.options import (
    BundleOption,
    LabelsOption,
    ThresholdOption,
    split_labels,
    split_thresholds,
)
from sayso.documents.documents import ONE_DOCUMENT, guess_kind, location
from sayso.errors import InputError

if TYPE_CHECKING:
    from sayso.comparison.comparison import ComparedText
    from sayso.engine.scorer import Scorer


class CompareFormat(StrEnum):
    """What a comparison is written as."""

    PRETTY = "pretty"
    JSON = "json"
    HTML = "html"


def compare(
    before: Annotated[
        str, typer.Argument(help="A text, Markdown or HTML file; - is standard input.")
    ],
    after: Annotated[str, typer.Argument(help="Its other version, or another article.")],
    form: Annotated[
        CompareFormat | None,
        typer.Option(
            "--format",
            help="html shows both side by side; by default guessed from the name of --output, "
            "else pretty.",
        ),
    ] = None,
    labels: LabelsOption = None,
    threshold: ThresholdOption = None,
    bundle: BundleOption = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Compare two versions of an article, or two articles.

    Sentences are put side by side; those in which a label got stronger or weaker are shown.
    """
    from sayso.comparison.comparison import Comparison
    from sayso.console.output import open_output
    from sayso.engine.scorer import Scorer
    from sayso.reports.writers import guess_format

    if before == after == "-":
        raise InputError("- is given twice, but standard input can be read only once")
    form = form or guess_format(output, CompareFormat)
    scorer = Scorer(bundle)
    wanted, limits = split_labels(labels), split_thresholds(threshold)
    sides = [_side(name, scorer, wanted, limits) for name in (before, after)]
    comparison = Comparison(*sides)
    with open_output(output) as stream:
        match form:
            case CompareFormat.HTML:
                from sayso.comparison.html import write_comparison

                write_comparison(comparison, stream)
            case CompareFormat.JSON:
                from sayso.documents.json_text import json_text

                stream.write(json_text(comparison.to_dict(), indent=2) + "\n")
            case _:
                from sayso.comparison.terminal import print_comparison

                print_comparison(comparison, stream)


def _side(
    name: str, scorer: "Scorer", labels: list[str] | None, thresholds: dict[str, float]
) -> "ComparedText":
    from sayso.comparison.comparison import ComparedText
    from sayso.documents.documents import RawFile, read_document
    from sayso.documents.streams import open_input

    kind = guess_kind(name)
    if kind not in ONE_DOCUMENT:
        raise InputError(
            f"{location(name)} holds {kind} rows; expected one text, Markdown or HTML file"
        )
    try:
        with open_input(name) as stream:
            document = read_document(RawFile(name, kind, stream.read()))
        report = scorer.score(document.text, labels=labels, thresholds=thresholds)
    except InputError as error:
        raise InputError(f"{location(name)}: {error}") from error
    return ComparedText(name, report)
