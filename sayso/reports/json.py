"""JSON: a record for each document or line, as JSON Lines or indented."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from sayso.documents.documents import Document, Unreadable
from sayso.documents.json_text import json_text
from sayso.documents.lines import Line
from sayso.documents.source_map import map_to_source
from sayso.engine.offsets import report_in_utf16
from sayso.engine.report import OffsetUnit, Report
from sayso.reports.writer import Writer


class RecordWriter(Writer):
    """Writes JSON Lines, or one indented value: an array, or an object where `single`.

    Offsets are written in `unit`. `lines_before`: lines of the run that are written already.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        indented: bool = False,
        single: bool = False,
        unit: OffsetUnit = "codepoint",
        lines_before: int = 0,
    ) -> None:
        self._stream = stream
        self._unit = unit
        self._indented = indented
        self._array = indented and not single
        self._written = 0
        self._lines = lines_before

    def document(self, document: Document, report: Report) -> None:
        text, located = text_and_report(document, report, self._unit)
        self._write(
            {
                "source": document.source,
                "line": document.line,
                "input": dict(document.columns),
                "text": text,
                **located.to_dict(),
            }
        )

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        converted = report_in_utf16(report, None) if self._unit == "utf16" else report
        for line, sentence in zip(lines, converted.sentences, strict=True):
            record = {
                "index": self._lines,
                "text": line.text if line.error is None else None,
                "scores": sentence.scores,
                "flags": sentence.flags,
                "evidence": sentence.to_dict()["evidence"],
                "kind": sentence.kind,
            }
            self._write(record if line.error is None else {**record, "error": line.error})
            self._lines += 1

    def unreadable(self, unreadable: Unreadable) -> None:
        record = asdict(unreadable)
        if unreadable.row is None:
            del record["row"]
        self._write(record)

    def close(self) -> None:
        if self._array:
            self._stream.write("\n]\n" if self._written else "[]\n")

    def _write(self, record: Mapping[str, Any]) -> None:
        text = json_text(record, indent=2 if self._indented else None)
        if self._array:
            self._stream.write(",\n" if self._written else "[\n")
        self._stream.write(text if self._array else text + "\n")
        self._stream.flush()
        self._written += 1


def text_and_report(document: Document, report: Report, unit: OffsetUnit) -> tuple[str, Report]:
    """The text that offsets count in (of Markdown the file's), and the report with such offsets."""
    text = document.text
    if document.source_map is not None and document.source_map.offsets_in_source:
        text, report = document.source_map.source_text, map_to_source(report, document.source_map)
    return text, report_in_utf16(report, text) if unit == "utf16" else report
