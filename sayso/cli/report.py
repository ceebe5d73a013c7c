"""`sayso report`: a corpus in figures and plots."""

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.options import BundleOption
from sayso.errors import InputError, PartialFailure


def report(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="FOLDER...",
            help="Folders, files or patterns: JSON Lines that sayso score has written, or texts "
            "and corpora, which are scored first.",
        ),
    ],
    by: Annotated[
        str, typer.Option(metavar="NAME", help="The column that groups articles.")
    ] = "outlet",
    dated: Annotated[
        str, typer.Option("--date", metavar="NAME", help="The column with the date.")
    ] = "date",
    text_column: Annotated[
        str, typer.Option(metavar="NAME", help="The column with the text of unscored rows.")
    ] = "text",
    title: Annotated[str | None, typer.Option(help="The page's title.")] = None,
    bundle: BundleOption = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page to this file.")
    ] = None,
) -> None:
    """Report on a corpus: marks by outlet, over time and by position in the article.

    Writes one HTML page. A text's folder is its outlet; rows have theirs in a column.
    """
    from sayso.console.messages import counted, print_message
    from sayso.console.output import open_output
    from sayso.corpus.scoring import score_batch
    from sayso.corpus_report.aggregate import Aggregate
    from sayso.corpus_report.articles import is_scored, not_scored
    from sayso.corpus_report.html import write_report
    from sayso.documents.batches import read_batches
    from sayso.documents.documents import InputKind
    from sayso.documents.find_files import find_files
    from sayso.engine.scorer import Scorer
    from sayso.linting.settings import LintSettings

    aggregate = Aggregate(by, dated)
    others = []
    for source in find_files(paths):
        if source.kind != InputKind.JSONL or not is_scored(source):
            others.append(source)
            continue
        aggregate.scored(source)
        if missing := not_scored(source):
            rows = counted(missing, "row")
            print_message(f"{source.name}: holds all but {rows}, which could not be scored")
    if others:
        scorer = Scorer(bundle)
        for batch in read_batches(others, text_column):
            score_batch(scorer, batch, lambda _: LintSettings(), aggregate)
    if not aggregate.all.documents:
        raise InputError("there is no article to report on")
    with open_output(output) as stream:
        write_report(aggregate, title or f"Report on {', '.join(paths)}", stream)
    if aggregate.skipped:
        are = "is" if aggregate.skipped == 1 else "are"
        left_out = counted(aggregate.skipped, "article")
        raise PartialFailure(f"{left_out} {are} left out; the messages above say why")
