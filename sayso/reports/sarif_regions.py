"""Regions of files for SARIF: lines and columns from 1, in UTF-16 code units."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from sayso.documents.documents import Document
from sayso.documents.source_map import LineIndex
from sayso.documents.streams import STDIN
from sayso.engine.offsets import Utf16Offsets

Region = dict[str, Any]


class Regions:
    """Regions of a text file."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = LineIndex(text)
        self._units = Utf16Offsets(text)

    def region(self, start: int, end: int) -> Region:
        """The region of a half-open range of code points."""
        first, last = self._lines.line(start), self._lines.line(end)
        units = self._units
        return {
            "startLine": first,
            "startColumn": units(start) - units(self._lines.line_start(first)) + 1,
            "endLine": last,
            "endColumn": units(end) - units(self._lines.line_start(last)) + 1,
            "charOffset": units(start),
            "charLength": units(end) - units(start),
            "snippet": {"text": self._text[start:end]},
        }


class DocumentRegions:
    """Regions of a document in its file.

    A corpus row is a single line whose text is escaped, so its columns are unknown.
    """

    def __init__(self, document: Document) -> None:
        self._source_map = document.source_map
        self._row = document.line
        self._numbered = not document.source.endswith(".parquet")  # which has no lines
        self._regions: Regions | None = None
        if self._row is None:
            source = document.text if self._source_map is None else self._source_map.source_text
            self._regions = Regions(source)

    def region(self, start: int, end: int) -> Region | None:
        """The region of a half-open range of the text; None where it is unknown."""
        if self._regions is None:
            return {"startLine": self._row} if self._numbered else None
        if self._source_map is None:
            return self._regions.region(start, end)
        found = self._source_map.source_range(start, end)
        return None if found is None else self._regions.region(*found)


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
