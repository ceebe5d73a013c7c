"""`sayso score`: articles and whole corpora, on the command line."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from sayso.formats.documents import ONE_DOCUMENT, STDIN, InputKind, guess_kind
from serving import InputError

if TYPE_CHECKING:
    from sayso.commands.scoring import Source
    from sayso.formats.records import Writer


class Format(StrEnum):
    """What a report is written as."""

    PRETTY = "pretty"
    JSON = "json"
    JSONL = "jsonl"


class OffsetUnit(StrEnum):
    """What offsets count."""

    CODEPOINT = "codepoint"
    UTF16 = "utf16"


def score(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Files; - is standard input.", show_default=False),
    ] = None,
    input_kind: Annotated[
        InputKind | None,
        typer.Option(
            "--input",
            help="What the files hold, where their names do not tell. lines: each is a sentence; "
            "jsonl, csv, parquet: each row is a document.",
        ),
    ] = None,
    output_format: Annotated[
        Format, typer.Option("--format", help="pretty is for people, the others for programs.")
    ] = Format.PRETTY,
    bundle: Annotated[
        str | None, typer.Option(help="A model bundle's folder or name; the shipped default.")
    ] = None,
    labels: Annotated[
        list[str] | None, typer.Option(metavar="LABEL,...", help="Only these labels.")
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL=SCORE", help="Flag from this score on, 0 to 1; repeatable."),
    ] = None,
    offset_unit: Annotated[
        OffsetUnit, typer.Option(help="What offsets count; utf16 is for JavaScript.")
    ] = OffsetUnit.CODEPOINT,
    column: Annotated[
        str, typer.Option(metavar="NAME", help="The column of a row that holds its text.")
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write to this file, which appears once all is done."),
    ] = None,
) -> None:
    """Score articles sentence by sentence.

    Marks where the text hedges, where a claim rests on nobody who can be asked, and where the wording pushes the reader. Reads standard input where no PATH is given.
    """  # noqa: E501 - the help breaks lines where these do
    from sayso.commands.progress import ProgressLine
    from sayso.commands.scoring import ScoringRun
    from sayso.formats.output import open_output
    from sayso.scorer import Scorer
    from serving.options import Options

    options = Options(
        _split(labels) if labels else None,
        _thresholds(threshold or []),
        # Pretty marks the text itself, by code points; the unit is for records.
        "utf16"
        if offset_unit == OffsetUnit.UTF16 and output_format != Format.PRETTY
        else "codepoint",
    )
    sources = _sources(paths or [], input_kind)
    engine = Scorer(bundle).engine
    options.settings(engine.bundle.manifest)  # says what is wrong with them before a file is read
    documents = len(sources) if all(one.kind in ONE_DOCUMENT for one in sources) else None
    with open_output(output) as stream, ProgressLine("done", documents) as progress:
        writer = _writer(output_format, stream, sources)
        run = ScoringRun(engine, options, writer, progress, column=column)
        run.run(sources)
    run.require_all_scored()  # only now: what was scored is to be kept


def _sources(paths: list[str], kind: InputKind | None) -> "list[Source]":
    from sayso.commands.scoring import Source

    if not paths and sys.stdin.isatty():
        raise InputError(
            "nothing to score: name a file, or pipe a text in (see sayso score --help)"
        )
    if paths.count(STDIN) > 1:
        raise InputError("- is given more than once, but standard input can be read only once")
    return [Source(path, kind or guess_kind(path)) for path in paths or [STDIN]]


def _split(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _thresholds(values: list[str]) -> dict[str, float]:
    thresholds = {}
    for value in _split(values):
        label, _, number = value.partition("=")
        try:
            thresholds[label.strip()] = float(number)
        except ValueError as error:
            raise InputError(
                f"--threshold is {value!r}; expected LABEL=NUMBER, such as hedging=0.4"
            ) from error
    return thresholds


def _writer(output_format: Format, stream: TextIO, sources: "list[Source]") -> "Writer":
    from sayso.formats.records import RecordWriter

    single = len(sources) == 1 and sources[0].kind in ONE_DOCUMENT
    if output_format == Format.PRETTY:
        from sayso.formats.pretty import PrettyWriter

        return PrettyWriter(stream, several=not single)
    return RecordWriter(stream, indented=output_format == Format.JSON, single=single)
