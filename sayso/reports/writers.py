"""The formats of reports, and the writer of each."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from sayso.engine.report import OffsetUnit
from sayso.errors import InputError
from sayso.reports.json import RecordWriter
from sayso.reports.writer import Writer

if TYPE_CHECKING:
    from sayso.reports.sarif import Fails


class Format(StrEnum):
    """The format of a report; `none` leaves the messages and the exit code."""

    PRETTY = "pretty"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    SARIF = "sarif"
    HTML = "html"
    NONE = "none"


_FORMAT_OF_SUFFIX = {
    "": "pretty",
    ".txt": "pretty",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".sarif": "sarif",
    ".html": "html",
    ".htm": "html",
}
AnyFormat = TypeVar("AnyFormat", bound=StrEnum)


def guess_format(output: Path | None, formats: type[AnyFormat]) -> AnyFormat:
    """The format for a file's suffix, one of `formats`; pretty for standard output.

    Raises:
        InputError: if no format has the suffix.
    """
    names = set(formats)
    known = {suffix: name for suffix, name in _FORMAT_OF_SUFFIX.items() if name in names}
    suffix = "" if output is None else output.suffix.lower()
    if suffix not in known:
        suffixes = ", ".join(sorted(filter(None, known)))
        raise InputError(
            f"--output {output}: nothing is written as {suffix}; known are {suffixes}. "
            "Name another file, or choose a format with --format"
        )
    return formats(known[suffix])


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
            from sayso.reports.csv import CsvWriter

            return CsvWriter(stream, unit)
        case Format.NONE:
            return Writer()
        case _:
            indented = output_format == Format.JSON
            return RecordWriter(stream, indented=indented, single=single is not None, unit=unit)
