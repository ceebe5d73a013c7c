"""A scoring run that writes each result as soon as it is there."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from sayso.console.messages import print_message, warning_text
from sayso.console.progress import ProgressLine
from sayso.corpus.scoring import require_all_scored, score_batch
from sayso.documents.batches import Batch
from sayso.documents.documents import Document, Unreadable, location
from sayso.documents.lines import Line
from sayso.engine.options import Options
from sayso.engine.report import Report
from sayso.reports.json import Writer

if TYPE_CHECKING:
    from sayso.engine.scorer import Scorer

_OF_NO_USE_FOR_LINES = ("empty_text", "no_words")
"""Warnings about a text as a whole, which a chunk of lines is not."""


class ScoringRun:
    """Stands before a writer: what cannot be scored is told, counted and passed over.

    `options` gives those that hold for a file; reports come in code points.
    """

    def __init__(
        self,
        scorer: "Scorer",
        options: Callable[[str], Options],
        writer: Writer,
        progress: ProgressLine,
    ) -> None:
        self._scorer = scorer
        self._options = options
        self._writer = writer
        self._progress = progress
        self._done = 0
        self._failed = 0
        self._told: set[tuple[str, str]] = set()

    def run(self, batches: Iterable[Batch]) -> None:
        """Score all batches; `require_all_scored` tells whether that was possible."""
        for batch in batches:
            score_batch(self._scorer, batch, self._options, self, self._progress.sentences)
            self._progress.at(batch.position)
        self.close()

    def require_all_scored(self) -> None:
        """Answer for what was passed over.

        Raises:
            PartialFailure: something could not be read or scored; all else was.
            InputError: nothing could.
        """
        require_all_scored(self._failed, self._done, "the messages above say why")

    def document(self, document: Document, report: Report) -> None:
        self._progress.hide()
        self._writer.document(document, report)
        self._done += 1
        self._progress.advance()

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._progress.hide()
        self._writer.lines(source, lines, report)
        self._tell_about_lines(source, lines, report)
        self._done += len(lines)
        self._progress.advance(len(lines))

    def unreadable(self, unreadable: Unreadable) -> None:
        self._progress.hide()
        print_message(str(unreadable))
        self._writer.unreadable(unreadable)
        self._done += 1
        self._failed += 1
        self._progress.advance()

    def close(self) -> None:
        self._progress.hide()
        self._writer.close()

    def _tell_about_lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        """Say on standard error what a line's record has no place for, once for the file."""
        for line in lines:
            if line.error is not None:
                self._failed += 1
                print_message(f"{location(source, line.number)}: {line.error}")
        for warning in report.warnings:
            key = source, warning.code
            if warning.sentence is not None:
                where = location(source, lines[warning.sentence].number)
                print_message(f"{where}: {warning_text(warning)}")
            elif warning.code not in _OF_NO_USE_FOR_LINES and key not in self._told:
                self._told.add(key)
                print_message(f"{location(source)}: {warning.message}")
