"""The forms in which reports are written, and who writes each."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from sayso.console.output import form_of_name
from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import OffsetUnit, Report, Sentence
from sayso.linting.settings import SettingsFinder
from sayso.reports.json import RecordWriter, Writer


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
    form: Format, stream: TextIO, finder: SettingsFinder, *, unit: OffsetUnit, single: str | None
) -> Writer:
    """Who writes reports in a form; all of them take reports in code points.

    `single` is the one document's name, where there is but one; `unit` is for records and tables.
    """
    match form:
        case Format.PRETTY:
            from sayso.reports.terminal import PrettyWriter

            return PrettyWriter(stream, several=single is None)
        case Format.HTML:
            from sayso.reports.html.article import HtmlWriter

            return HtmlWriter(stream, "Sayso" if single is None else single)
        case Format.SARIF:
            from sayso.reports.sarif import SarifWriter

            def fails(source: str, one: Sentence, thresholds: Mapping[str, float]) -> set[str]:
                broken = finder.find(source).broken_by(one, thresholds)
                return {rule.label for rule in broken}

            return SarifWriter(stream, fails)
        case Format.CSV:
            from sayso.reports.csv import TableWriter

            return TableWriter(stream, unit)
        case Format.NONE:
            return _NoWriter()
        case _:
            indented = form == Format.JSON
            return RecordWriter(stream, indented=indented, single=single is not None, unit=unit)


class _NoWriter:
    def document(self, document: Document, report: Report) -> None: ...

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None: ...

    def unreadable(self, unreadable: Unreadable) -> None: ...

    def close(self) -> None: ...
