"""The one loop that scores batches, and the messages about what cannot be scored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sayso.console.messages import print_message, warning_text
from sayso.console.progress import ProgressLine
from sayso.documents.batches import Batch, LineChunk
from sayso.documents.documents import Document, RawFile, Unreadable, location, read_document
from sayso.documents.lines import Line
from sayso.engine.report import Report
from sayso.engine.report_builder import Progress
from sayso.errors import InputError, PartialFailure
from sayso.linting.check import CheckingWriter, RuleBreaks
from sayso.linting.settings import LintSettings
from sayso.reports.writer import Writer

if TYPE_CHECKING:
    from sayso.engine.scorer import Scorer

_ABOUT_WHOLE_TEXTS = ("empty_text", "no_words")
"""Warnings that mean nothing for a chunk of lines."""


@dataclass(slots=True)
class Outcome:
    """How much was scored, how much could not be, and the broken rules.

    `reasons` says where to find out why something could not be scored.
    """

    reasons: str
    scored: int = 0
    bad: int = 0
    broken: dict[str, RuleBreaks] = field(default_factory=dict)

    def require_all_scored(self) -> None:
        """Check that everything was scored.

        Raises:
            PartialFailure: if some of it could not be read or scored.
            InputError: if none of it could.
        """
        if self.bad:
            error = PartialFailure if self.scored else InputError
            total = self.scored + self.bad
            raise error(f"{self.bad:,} of {total:,} could not be scored; {self.reasons}")


def score_batch(
    scorer: "Scorer",
    batch: Batch,
    settings: Callable[[str], LintSettings],
    writer: Writer,
    progress: Progress | None = None,
) -> None:
    """Score a batch, and pass each result to the writer at once, in the order of the batch.

    Each document is scored by itself, so that its scores do not depend on its neighbours. What
    cannot be read or scored is passed on as `Unreadable`.

    `settings` gives those of a file, whose offsets count code points; `progress` is called with the
    sentences done and all sentences of the current document.
    """
    for item in batch.items:
        match item:
            case Unreadable():
                writer.unreadable(item)
            case LineChunk():
                texts = [line.text for line in item.lines]
                report = scorer.begin_sentences(texts, settings(item.source).options).finish()
                writer.lines(item.source, item.lines, report)
            case RawFile() | Document():
                try:
                    document = read_document(item) if isinstance(item, RawFile) else item
                    builder = scorer.begin(document.text, settings(item.source).options)
                    report = builder.finish(progress)
                except InputError as error:
                    writer.unreadable(Unreadable(item.source, item.line, str(error)))
                else:
                    writer.document(document, report)


def score_batches(
    scorer: "Scorer",
    batches: Iterable[Batch],
    settings: Callable[[str], LintSettings],
    writer: Writer,
    progress: ProgressLine,
) -> Outcome:
    """Score and check all batches, each result written at once; arguments as above."""
    checked = CheckingWriter(writer, settings)
    reporting = _ReportingWriter(checked, progress)
    for batch in batches:
        score_batch(scorer, batch, settings, reporting, progress.show_sentences)
        progress.set_position(batch.position)
    reporting.close()
    reporting.outcome.broken = checked.broken
    return reporting.outcome


class _ReportingWriter(Writer):
    """Wraps a writer; moves the progress line, and reports and counts what cannot be scored."""

    def __init__(self, writer: Writer, progress: ProgressLine) -> None:
        self.outcome = Outcome("see the messages above")
        self._writer = writer
        self._progress = progress
        self._reported: set[tuple[str, str]] = set()

    def document(self, document: Document, report: Report) -> None:
        self._progress.hide()
        self._writer.document(document, report)
        self.outcome.scored += 1
        self._progress.advance()

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._progress.hide()
        self._writer.lines(source, lines, report)
        self._report_lines(source, lines, report)
        self._progress.advance(len(lines))

    def unreadable(self, unreadable: Unreadable) -> None:
        self._progress.hide()
        print_message(str(unreadable))
        self._writer.unreadable(unreadable)
        self.outcome.bad += 1
        self._progress.advance()

    def close(self) -> None:
        self._progress.hide()
        self._writer.close()

    def _report_lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        """Count lines; print what their records cannot hold, a warning about the file only once."""
        for line in lines:
            if line.error is None:
                self.outcome.scored += 1
            else:
                self.outcome.bad += 1
                print_message(str(line.unreadable(source)))
        for warning in report.warnings:
            key = source, warning.code
            if warning.sentence is not None:
                where = location(source, lines[warning.sentence].number)
                print_message(f"{where}: {warning_text(warning)}")
            elif warning.code not in _ABOUT_WHOLE_TEXTS and key not in self._reported:
                self._reported.add(key)
                print_message(f"{location(source)}: {warning.message}")
