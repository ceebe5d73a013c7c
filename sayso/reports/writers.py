"""The formats of reports, and the writer of each."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from sayso.console.output import form_of_name
from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import OffsetUnit, Report
from sayso.reports.json import RecordWriter

if TYPE_CHECKING:
    from sayso.reports.sarif import Fails


class Writer(Protocol):
    """Takes results one by one, in the order of the input, and writes each at once."""

    def document(self, document: Document, report: Report) -> None:
        """Write a scored document."""

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        """Write scored lines of a file; the report has a sentence for each."""

    def unreadable(self, unreadable: Unreadable) -> None:
        """Keep the place of a document that was not scored."""

    def close(self) -> None:
        """Write the end, after the last result."""


class Format(StrEnum):
    """What a report is written as; `none` leaves the messages and the exit code."""

    PRETTY = "pretty"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    SARIF = "sarif"
    HTML = "html"
    NONE = "none"


_FORMAT_OF_SUFFIX = {
    "": Format.PRETTY,
    ".txt": Format.PRETTY,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".csv": Format.CSV,
    ".sarif": Format.SARIF,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}


def guess_format(output: Path | None) -> Format:
    """The form that a file's name asks for; pretty where it has no suffix.

    Raises:
        InputError: nothing is written as what the suffix says.
    """
    return form_of_name(output, _FORMAT_OF_SUFFIX)


def open_writer(
    output_format: Format, stream: TextIO, fails: "Fails", *, unit: OffsetUnit, single: str | None
) -> Writer:
    """The writer of a format; all take reports that count code points.

    `fails` decides which results SARIF calls errors, `unit` is that of offsets in JSON and CSV,
    `single` the document's name if there is only one.
    """
    match output_format:
        case Format.PRETTY:
            from sayso.reports.terminal import PrettyWriter

            return PrettyWriter(stream, several=single is None)
        case Format.HTML:
            from sayso.reports.html.article import HtmlWriter

            return HtmlWriter(stream, "Sayso" if single is None else single)
        case Format.SARIF:
            from sayso.reports.sarif import SarifWriter

            return SarifWriter(stream, fails)
        case Format.CSV:
            from sayso.reports.csv import TableWriter

            return TableWriter(stream, unit)
        case Format.NONE:
            return _NoWriter()
        case _:
            indented = output_format == Format.JSON
            return RecordWriter(stream, indented=indented, single=single is not None, unit=unit)


class _NoWriter:
    def document(self, document: Document, report: Report) -> None: ...

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None: ...

    def unreadable(self, unreadable: Unreadable) -> None: ...

    def close(self) -> None: ...
