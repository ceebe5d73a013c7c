"""CSV: a row for each sentence, for spreadsheets and statistics."""

import csv
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from sayso.documents.documents import Document, Unreadable
from sayso.documents.json_text import json_text
from sayso.documents.lines import Line
from sayso.engine.report import OffsetUnit, Report, Sentence
from sayso.labels import LABELS
from sayso.reports.json import text_and_report
from sayso.reports.writer import Writer

_COLUMNS = (
    *("source", "line", "sentence", "start", "end", "text", *LABELS),
    *("flags", "kind", "marks", "hash", "input", "error"),
)


class CsvWriter(Writer):
    """Writes the same columns for every kind of input; cells that do not apply are empty.

    `marks` are the words that carry each label, `input` the other columns of a corpus as JSON.
    Offsets count in the file, as in JSON, in `unit`; `text` is the sentence as it was scored.
    """

    def __init__(self, stream: TextIO, unit: OffsetUnit = "codepoint") -> None:
        self._unit = unit
        self._rows = csv.DictWriter(stream, _COLUMNS, restval="", lineterminator="\n")
        self._rows.writeheader()
        self._lines = 0

    def document(self, document: Document, report: Report) -> None:
        _, in_source = text_and_report(document, report, self._unit)
        row = {
            "source": document.source,
            "line": document.line or "",
            "input": json_text(document.columns) if document.columns else "",
        }
        for sentence, located in zip(report.sentences, in_source.sentences, strict=True):
            offsets = {"start": located.start, "end": located.end}
            self._rows.writerow({**row, **offsets, **_columns(sentence, sentence.index)})

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        for line, sentence in zip(lines, report.sentences, strict=True):
            columns = _columns(sentence, self._lines)
            if line.error is not None:
                columns = {"sentence": self._lines, "error": line.error}
            self._rows.writerow({"source": source, "line": line.number, **columns})
            self._lines += 1

    def unreadable(self, unreadable: Unreadable) -> None:
        row = {"source": unreadable.source, "line": unreadable.line or ""}
        self._rows.writerow({**row, "error": unreadable.error})


def _columns(sentence: Sentence, index: int) -> Mapping[str, Any]:
    start = sentence.start
    marks = [
        f"{found.label}: {sentence.text[found.start - start : found.end - start]}"
        for found in sentence.evidence
    ]
    return {
        "sentence": index,
        "text": sentence.text,
        **(sentence.scores or {}),
        "flags": " ".join(sentence.flags),
        "kind": sentence.kind or "",
        "marks": " | ".join(marks),
        "hash": sentence.fingerprint,
    }
