"""A scoring run: files in, reports out, whatever stands between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sayso.commands.progress import ProgressLine
from sayso.formats.documents import (
    ONE_DOCUMENT,
    Document,
    InputKind,
    Unreadable,
    open_input,
    place,
    read_documents,
)
from sayso.formats.lines import Line, chunked, read_lines
from sayso.formats.records import Writer
from sayso.formats.terminal import tell, warning_text
from serving import InputError
from serving.options import Options

if TYPE_CHECKING:
    from serving.engine import Engine
    from serving.report import Report

_OF_NO_USE_FOR_LINES = ("empty_text", "no_words")
"""Warnings about a text as a whole, which a chunk of lines is not."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to score, or `-`, and what it holds."""

    name: str
    kind: InputKind


class ScoringRun:
    """Scores files one after the other. What cannot be read is told, counted and passed over.

    `options` gives those that hold for a file; reports come in code points.
    """

    def __init__(
        self,
        engine: "Engine",
        options: Callable[[str], Options],
        writer: Writer,
        progress: ProgressLine,
        *,
        column: str,
    ) -> None:
        self._engine = engine
        self._options = options
        self._writer = writer
        self._progress = progress
        self._column = column
        self._done = 0
        self._failed = 0

    def run(self, sources: Sequence[Source]) -> None:
        """Score all files; `require_all_scored` tells whether that was possible.

        Raises:
            InputError: there was but one file, and nothing of it could be scored.
        """
        for source in sources:
            done = self._done
            try:
                if source.kind == InputKind.LINES:
                    self._lines(source)
                else:
                    self._documents(source, alone=len(sources) == 1)
            except InputError as error:
                if len(sources) == 1 and not self._done:
                    raise InputError(f"{place(source.name)}: {error}") from error
                self._fail(Unreadable(source.name, None, str(error)))
            if self._done == done:
                tell(f"{place(source.name)}: there is nothing in it to score")
        self._progress.hide()
        self._writer.close()

    def require_all_scored(self) -> None:
        """Answer for what was passed over.

        Raises:
            InputError: something could not be read or scored; all else was.
        """
        if self._failed:
            raise InputError(
                f"{self._failed:,} of {self._done:,} could not be scored; the messages above "
                "say why"
            )

    def _documents(self, source: Source, *, alone: bool) -> None:
        for document in read_documents(source.name, source.kind, self._column):
            if isinstance(document, Unreadable):
                self._fail(document)
                continue
            if alone and source.kind in ONE_DOCUMENT and not document.text.strip():
                raise InputError("the text is empty: nothing to score")
            try:
                report = self._engine.score(
                    document.text, self._options(source.name), progress=self._progress.sentences
                )
            except InputError as error:
                self._fail(Unreadable(document.source, document.line, str(error)))
                continue
            self._write_document(document, report)

    def _write_document(self, document: Document, report: "Report") -> None:
        self._progress.hide()
        self._writer.document(document, report)
        self._done += 1
        self._progress.advance()

    def _lines(self, source: Source) -> None:
        told: set[str] = set()
        options = self._options(source.name)
        with open_input(source.name) as stream:
            for chunk in chunked(read_lines(stream)):
                report = self._engine.score_sentences([line.text for line in chunk], options)
                self._progress.hide()
                self._writer.lines(source.name, chunk, report)
                self._tell_about_lines(source, chunk, report, told)
                self._done += len(chunk)
                self._progress.advance(len(chunk))

    def _tell_about_lines(
        self, source: Source, chunk: Sequence[Line], report: "Report", told: set[str]
    ) -> None:
        """Say on standard error what a line's record has no place for, once for the file."""
        for line in chunk:
            if line.error is not None:
                self._failed += 1
                tell(f"{place(source.name, line.number)}: {line.error}")
        for warning in report.warnings:
            if warning.sentence is not None:
                where = place(source.name, chunk[warning.sentence].number)
                tell(f"{where}: {warning_text(warning)}")
            elif warning.code not in (*_OF_NO_USE_FOR_LINES, *told):
                told.add(warning.code)
                tell(f"{place(source.name)}: {warning.message}")

    def _fail(self, unreadable: Unreadable) -> None:
        self._progress.hide()
        tell(str(unreadable))
        self._writer.unreadable(unreadable)
        self._done += 1
        self._failed += 1
        self._progress.advance()
