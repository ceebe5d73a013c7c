"""CSV: one row a sentence, for spreadsheets and statistics."""

import csv
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from sayso.documents.documents import Document, Unreadable
from sayso.documents.json_text import json_text
from sayso.documents.lines import Line
from sayso.documents.source_map import map_to_source
from sayso.engine.fingerprint import sentence_hash
from sayso.engine.report import OffsetUnit, Report, Sentence
from sayso.engine.units import report_in_utf16
from sayso.labels import LABELS

_COLUMNS = (
    *("source", "line", "sentence", "start", "end", "text", *LABELS),
    *("flags", "kind", "marks", "hash", "input", "error"),
)


class TableWriter:
    """Rows of one form, whatever was scored; what does not apply is empty.

    `marks` are the words that carry each label, `input` the other columns of a corpus as JSON.
    Offsets count as in records, in `unit`; `text` is the sentence as it was read.
    """

    def __init__(self, stream: TextIO, unit: OffsetUnit = "codepoint") -> None:
        self._unit = unit
        self._rows = csv.DictWriter(stream, _COLUMNS, restval="", lineterminator="\n")
        self._rows.writeheader()
        self._lines = 0

    def document(self, document: Document, report: Report) -> None:
        placed, text = report, document.text
        source_map = document.source_map
        if source_map is not None and source_map.offsets_in_source:
            placed, text = map_to_source(report, source_map), source_map.source_text
        if self._unit == "utf16":
            placed = report_in_utf16(placed, text)
        first = {
            "source": document.source,
            "line": document.line or "",
            "input": json_text(document.columns) if document.columns else "",
        }
        for read, there in zip(report.sentences, placed.sentences, strict=True):
            self._rows.writerow(
                {**first, "start": there.start, "end": there.end, **_columns(read, read.index)}
            )

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

    def close(self) -> None:
        """Nothing follows the last row."""


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
        "hash": sentence_hash(sentence.text),
    }
