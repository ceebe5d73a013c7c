"""Documents: texts to score, wherever they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from sayso.documents.source_map import SourceMap
from sayso.documents.streams import STDIN
from sayso.documents.utf8 import decode


class InputKind(StrEnum):
    """What a file contains."""

    TEXT = "text"
    LINES = "lines"
    MARKDOWN = "markdown"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


ONE_DOCUMENT = (InputKind.TEXT, InputKind.MARKDOWN, InputKind.HTML)
"""Kinds whose files are one document each."""

_KIND_OF_SUFFIX = {
    ".txt": InputKind.TEXT,
    ".text": InputKind.TEXT,
    ".md": InputKind.MARKDOWN,
    ".markdown": InputKind.MARKDOWN,
    ".htm": InputKind.HTML,
    ".html": InputKind.HTML,
    ".xhtml": InputKind.HTML,
    ".jsonl": InputKind.JSONL,
    ".ndjson": InputKind.JSONL,
    ".csv": InputKind.CSV,
    ".parquet": InputKind.PARQUET,
}
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file that is one document, not parsed yet: parsing HTML takes as long as scoring it."""

    source: str
    kind: InputKind
    data: bytes
    line: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text and where it comes from.

    `line` is the row's line (csv, jsonl) or number (parquet), from 1; None if the file is the
    document. `columns` are the row's other columns. `source_map` is set if the text was extracted
    from markup.
    """

    source: str
    text: str
    line: int | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    source_map: SourceMap | None = None

    @property
    def source_text(self) -> str:
        """The text with its markup, if it was extracted from markup."""
        return self.text if self.source_map is None else self.source_map.source_text

    def source_range(self, start: int, end: int) -> tuple[int, int] | None:
        """The range of `source_text` for one of the text; None if it is unknown."""
        if self.source_map is None:
            return start, end
        return self.source_map.source_range(start, end)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that could not be read or scored, and why.

    `row` is the beginning of the row as written, or as JSON if the file is not text.
    """

    source: str
    line: int | None
    error: str
    row: str | None = None

    def __str__(self) -> str:
        return f"{location(self.source, self.line)}: {self.error}"


def location(source: str, line: int | None = None) -> str:
    """The name of a file, or of a line in it, in messages."""
    name = "standard input" if source == STDIN else source
    return name if line is None else f"{name}:{line}"


def known_kind(source: str) -> InputKind | None:
    """The kind of a file by its name, compressed or not; None if the suffix is unknown."""
    suffixes = [suffix.lower() for suffix in Path(source).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    return _KIND_OF_SUFFIX.get(suffixes[-1]) if suffixes else None


def guess_kind(source: str) -> InputKind:
    """The kind of a file by its name; plain text if the suffix is unknown."""
    return known_kind(source) or InputKind.TEXT


def read_document(file: RawFile) -> Document:
    """Parse a file that is one document.

    Raises:
        InputError: if the file is not of its kind, or not UTF-8.
    """
    match file.kind:
        case InputKind.HTML:
            from sayso.documents.html import read_html

            text, source_map = read_html(file.data)
            return Document(file.source, text, source_map=source_map)
        case InputKind.MARKDOWN:
            from sayso.documents.markdown import read_markdown

            text, source_map = read_markdown(decode(file.data))
            return Document(file.source, text, source_map=source_map)
        case _:
            return Document(file.source, decode(file.data))
