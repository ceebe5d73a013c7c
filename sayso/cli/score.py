"""`sayso score`: articles and whole corpora, on the command line."""

import sys
from collections.abc import Sequence
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
from sayso.console.messages import print_message
from sayso.console.output import is_special, open_output
from sayso.documents.documents import ONE_DOCUMENT, InputKind, location
from sayso.documents.streams import STDIN
from sayso.engine.report import OffsetUnit
from sayso.errors import InputError, PartialFailure, RuleViolation
from sayso.reports.writers import Format, guess_format, open_writer

if TYPE_CHECKING:
    from sayso.corpus.job import Executor
    from sayso.corpus.scoring import Outcome
    from sayso.documents.find_files import InputFile
    from sayso.engine.scorer import Scorer
    from sayso.linting.settings import SettingsFinder
    from sayso.reports.writer import Writer


class Engine(StrEnum):
    """Where a corpus is scored: in this process, or by the workers of a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


def score(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders or patterns, compressed or not; - is standard input.",
            show_default=False,
        ),
    ] = None,
    input_kind: Annotated[
        InputKind | None,
        typer.Option(
            "--input",
            help="The type of the files; by default guessed from their names. lines: each line is "
            "a sentence; jsonl, csv, parquet: each row is a document.",
        ),
    ] = None,
    output_format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            show_default="by the output's name, or pretty",
            help="pretty and html are for people, csv for spreadsheets, sarif for code scanning; "
            "none prints only the messages of --fail-on and --max-density.",
        ),
    ] = None,
    bundle: BundleOption = None,
    labels: LabelsOption = None,
    threshold: ThresholdOption = None,
    offset_unit: Annotated[
        OffsetUnit, typer.Option(help="The unit of offsets; utf16 is for JavaScript.")
    ] = "codepoint",
    text_column: Annotated[
        str, typer.Option(metavar="NAME", help="The column with the text of a row.")
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write to this file; it appears when everything is done."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run into --output.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="ray spreads a corpus over the workers of a Ray cluster.")
    ] = Engine.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="The Ray cluster; auto for the one that this machine belongs to. By default one "
            "is started on this machine.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Workers of the Ray cluster; by default one for each core."),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE,...",
            help="Exit with 1 if a sentence matches: LABEL, LABEL>SCORE or LABEL:KIND>=SCORE.",
        ),
    ] = None,
    max_density: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL=MARKS", help="Exit with 1 if a text has more marks in 1,000 words."
        ),
    ] = None,
    settings: Annotated[
        bool,
        typer.Option(help="Use the .sayso.toml of each file's folder or the nearest one above."),
    ] = True,
) -> None:
    """Score articles sentence by sentence.

    Marks where the text hedges, where a claim has no source that can be checked, and where the wording pushes the reader. Reads standard input if no PATH is given.
    """  # noqa: E501 - the help breaks lines where these do
    from sayso.documents.find_files import find_files, without_output
    from sayso.engine.options import Options
    from sayso.engine.scorer import Scorer
    from sayso.linting.rules import densities, fail_rules
    from sayso.linting.settings import SETTINGS_FILE, LintSettings, SettingsFinder

    asked = LintSettings(
        Options(split_labels(labels), split_thresholds(threshold)),
        fail_rules(fail_on or (), "--fail-on"),
        densities(max_density or (), "--max-density"),
    )
    finder = SettingsFinder(asked, look=settings)
    if not paths and sys.stdin.isatty():
        raise InputError(
            "nothing to score: name a file, or pipe a text in (see sayso score --help)"
        )
    given = find_files(paths or [STDIN], input_kind)
    if output is not None:
        given = without_output(given, output)
    sources = [one for one in given if not finder.ignores(one.name)]
    if not sources:
        print_message(f"nothing to score: {SETTINGS_FILE} ignores all files")
    scorer = Scorer(bundle)
    for one in sources:  # reports invalid options before a file is read
        finder.find(one.name).options.settings(scorer.bundle.manifest)
    form = output_format or guess_format(output, Format)
    if form == Format.JSONL and output is not None and not is_special(output):
        from sayso.corpus.job import Job, run_job

        executor = _executor(engine, scorer, address, workers)
        found = {one.name: finder.find(one.name) for one in sources}
        job = Job(sources, found, text_column, offset_unit, scorer.bundle.model_version)
        _report_outcome(run_job(job, output, executor, resume=resume))
        return
    if resume or engine != Engine.LOCAL:
        raise InputError(
            "--resume and --engine ray need a file to write records to: --output FILE.jsonl"
        )
    single = location(given[0].name) if len(given) == 1 and given[0].kind in ONE_DOCUMENT else None
    with open_output(output) as stream:
        writer = open_writer(form, stream, finder.failing_labels, unit=offset_unit, single=single)
        outcome = _score(scorer, sources, finder, writer, text_column)
    _report_outcome(outcome)  # only now: the output is complete


def _score(
    scorer: "Scorer",
    sources: "Sequence[InputFile]",
    finder: "SettingsFinder",
    writer: "Writer",
    text_column: str,
) -> "Outcome":
    """Score the sources one document after the other, each written as soon as it is scored."""
    from sayso.console.progress import ProgressLine
    from sayso.corpus.scoring import score_batches
    from sayso.documents.batches import read_batches
    from sayso.documents.find_files import total_size

    batches = read_batches(sources, text_column, documents=1)
    documents = len(sources) if all(one.kind in ONE_DOCUMENT for one in sources) else None
    with ProgressLine("done", documents, size=total_size(sources)) as progress:
        return score_batches(scorer, batches, finder.find, writer, progress)


def _executor(
    engine: Engine, scorer: "Scorer", address: str | None, workers: int | None
) -> "Executor":
    from sayso.corpus.job import LocalExecutor

    if engine == Engine.LOCAL:
        if address is not None or workers is not None:
            raise InputError("--address and --workers need --engine ray")
        return LocalExecutor(scorer)
    from sayso.extras import require_extra

    require_extra("ray", "sayso score --engine ray")
    from sayso.corpus.ray_executor import RayExecutor

    return RayExecutor(scorer.bundle.path.resolve(), address=address, workers=workers)


def _report_outcome(outcome: "Outcome") -> None:
    """Print the broken rules and what could not be scored, and raise accordingly.

    A broken rule decides the exit code, whatever else could not be scored.

    Raises:
        RuleViolation: if a rule is broken.
        PartialFailure, InputError: as `Outcome.require_all_scored` does.
    """
    from sayso.linting.check import explain

    for rule, breaks in outcome.broken.items():
        print_message(explain(rule, breaks))
    if not outcome.broken:
        outcome.require_all_scored()
        return
    try:
        outcome.require_all_scored()
    except PartialFailure as error:
        print_message(str(error))
    count = len(outcome.broken)
    rules = "a rule is" if count == 1 else f"{count} rules are"
    raise RuleViolation(f"{rules} broken; see the messages above")
