"""Regions of files for SARIF: lines and columns from 1, in UTF-16 code units."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from sayso.documents.documents import Document
from sayso.documents.source_map import LineIndex
from sayso.documents.streams import STDIN
from sayso.engine.offsets import Utf16Offsets

Region = dict[str, Any]


class DocumentRegions:
    """Regions of a document in its file.

    A corpus row is a single line whose text is escaped, so its columns are unknown.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._lines = LineIndex(document.source_text)
        self._units = Utf16Offsets(document.source_text)

    def region(self, start: int, end: int) -> Region | None:
        """The region of a half-open range of the text; None where it is unknown."""
        document, lines, units = self._document, self._lines, self._units
        if document.line is not None:
            has_lines = not document.source.endswith(".parquet")
            return {"startLine": document.line} if has_lines else None
        found = document.source_range(start, end)
        if found is None:
            return None
        start, end = found
        first, last = lines.line(start), lines.line(end)
        return {
            "startLine": first,
            "startColumn": units(start) - units(lines.line_start(first)) + 1,
            "endLine": last,
            "endColumn": units(end) - units(lines.line_start(last)) + 1,
            "charOffset": units(start),
            "charLength": units(end) - units(start),
            "snippet": {"text": document.source_text[start:end]},
        }


def line_region(number: int, text: str, start: int, end: int) -> Region:
    """The region of a range of a line."""
    units = Utf16Offsets(text)
    return {
        "startLine": number,
        "startColumn": units(start) + 1,
        "endLine": number,
        "endColumn": units(end) + 1,
        "snippet": {"text": text[start:end]},
    }


def uri(source: str, folder: Path) -> str | None:
    """The address of a file: relative where it lies in `folder`; None for standard input."""
    if source == STDIN:
        return None
    path = folder / source
    if path.is_relative_to(folder) and ".." not in path.parts:
        return quote(path.relative_to(folder).as_posix())
    return path.resolve().as_uri()
