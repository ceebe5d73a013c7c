"""Documents: one text to score each, wherever they come from."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from sayso.formats.origin import Origin
from sayso.formats.utf8 import decode
from serving import InputError

STDIN = "-"


class InputKind(StrEnum):
    """What a file holds."""

    TEXT = "text"
    LINES = "lines"
    MARKDOWN = "markdown"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


ONE_DOCUMENT = (InputKind.TEXT, InputKind.MARKDOWN, InputKind.HTML)
"""Kinds of which a file is one document."""

_KIND_OF_SUFFIX = {
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


@dataclass(frozen=True, slots=True)
class Document:
    """A text and where it comes from.

    `line` is the row's line (csv, jsonl) or number (parquet), from 1; None where the file is the
    document. `columns` are the row's other columns. `origin` is where the text stands in its file,
    where it was taken out of markup.
    """

    source: str
    text: str
    line: int | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in the place of a document that could not be read or scored."""

    source: str
    line: int | None
    error: str

    def __str__(self) -> str:
        return f"{place(self.source, self.line)}: {self.error}"


def place(source: str, line: int | None = None) -> str:
    """A file, or a line of it, as messages name it."""
    name = "standard input" if source == STDIN else source
    return name if line is None else f"{name}:{line}"


def guess_kind(source: str) -> InputKind:
    """What a file holds by its name; plain text where the name does not tell."""
    return _KIND_OF_SUFFIX.get(Path(source).suffix.lower(), InputKind.TEXT)


def read_documents(source: str, kind: InputKind, column: str) -> Iterator[Document | Unreadable]:
    """The documents of a file, one at a time, so that a corpus may be larger than memory.

    Args:
        source: a file's name or `-` for standard input.
        kind: any but `lines`, which `sayso/formats/lines.py` reads.
        column: name of the column that holds the text, for rows.

    Raises:
        InputError: the file, or what is left of it, cannot be read.
    """
    with open_input(source) as stream:
        match kind:
            case InputKind.HTML:
                from sayso.formats.html import read_html

                text, origin = read_html(stream.read())
                yield Document(source, text, origin=origin)
            case InputKind.MARKDOWN:
                from sayso.formats.markdown import read_markdown

                text, origin = read_markdown(decode(stream.read()))
                yield Document(source, text, origin=origin)
            case InputKind.JSONL | InputKind.CSV | InputKind.PARQUET:
                from sayso.formats.rows import read_rows

                yield from read_rows(source, stream, kind, column)
            case _:
                yield Document(source, decode(stream.read()))


@contextmanager
def open_input(source: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input for `-`.

    Raises:
        InputError: it cannot be opened.
    """
    if source == STDIN:
        yield sys.stdin.buffer
        return
    path = Path(source)
    if path.is_dir():
        raise InputError(f"a folder; expected a file. For all in it: sayso score {path}/*")
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise InputError("no such file; expected a file, or - for standard input") from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be opened: {getattr(error, 'strerror', error)}") from error
    with stream:
        yield stream
