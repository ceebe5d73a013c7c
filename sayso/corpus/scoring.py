"""The one loop that scores: batches in, results out to a writer; and what answers for the rest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sayso.documents.batches import Batch, LineChunk
from sayso.documents.documents import Document, RawFile, Unreadable, read_document
from sayso.engine.options import Options
from sayso.engine.report_builder import Progress
from sayso.errors import InputError, PartialFailure
from sayso.reports.json import Writer

if TYPE_CHECKING:
    from sayso.engine.scorer import Scorer


def score_batch(
    scorer: "Scorer",
    batch: Batch,
    options: Callable[[str], Options],
    writer: Writer,
    progress: Progress | None = None,
) -> None:
    """Score a batch, and give each result to the writer at once, in the order of the batch.

    A document is scored by itself, so that its scores are the same wherever it stands: neighbours
    would change the last digits. What cannot be read or scored goes to the writer as `Unreadable`.

    `options` gives those that hold for a file; their offsets count code points. `progress` is
    called with the sentences done and all sentences of the document at hand.
    """
    for item in batch.items:
        match item:
            case Unreadable():
                writer.unreadable(item)
            case LineChunk():
                texts = [line.text for line in item.lines]
                report = scorer.begin_sentences(texts, options(item.source)).finish()
                writer.lines(item.source, item.lines, report)
            case RawFile() | Document():
                try:
                    document = read_document(item) if isinstance(item, RawFile) else item
                    builder = scorer.begin(document.text, options(document.source))
                    report = builder.finish(progress)
                except InputError as error:
                    line = item.line if isinstance(item, Document) else None
                    writer.unreadable(Unreadable(item.source, line, str(error)))
                else:
                    writer.document(document, report)


def require_all_scored(bad: int, of_all: int, where: str) -> None:
    """Answer for what could not be scored; `where` tells where the reasons are to be found.

    Raises:
        PartialFailure: some of all could not be scored.
        InputError: none of it could.
    """
    if bad:
        error = InputError if bad == of_all else PartialFailure
        raise error(f"{bad:,} of {of_all:,} could not be scored; {where}")
