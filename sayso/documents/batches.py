"""Batches: the documents and lines of all input files, numbered and grouped.

The same input always gives the same batches, so that an interrupted run can be resumed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from sayso.console.messages import print_message
from sayso.documents.documents import (
    ONE_DOCUMENT,
    Document,
    InputKind,
    RawFile,
    Unreadable,
    location,
    read_document,
)
from sayso.documents.find_files import InputFile
from sayso.documents.lines import Line, chunked, grouped, read_lines
from sayso.documents.rows import is_row, read_rows
from sayso.documents.streams import STDIN, ByteCounter, open_input
from sayso.errors import InputError

DOCUMENTS_PER_BATCH = 256
"""Some seconds of work: a kill costs little, and the number of batches stays small."""
CHARACTERS_PER_BATCH = 1_000_000
"""Keeps memory flat."""


@dataclass(frozen=True, slots=True)
class LineChunk:
    """Consecutive lines of a file."""

    source: str
    lines: Sequence[Line]

    @property
    def line(self) -> int:
        """The number of the last line."""
        return self.lines[-1].number


Item = RawFile | Document | Unreadable | LineChunk


@dataclass(frozen=True, slots=True)
class Batch:
    """Items to score together. `number` counts batches from 0, `lines_before` the lines of earlier
    batches; `start` and `position` are the numbers of input bytes read before the batch and after
    it. The last batch is empty.
    """

    number: int
    items: Sequence[Item]
    lines_before: int
    start: int
    position: int

    @property
    def is_last(self) -> bool:
        return not self.items

    def __len__(self) -> int:
        return sum(len(item.lines) if isinstance(item, LineChunk) else 1 for item in self.items)

    def digest(self) -> str:
        """A hash of everything in the batch."""
        content = repr((self.items, self.lines_before, self.is_last))
        return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read_batches(
    files: Sequence[InputFile], column: str, *, documents: int = DOCUMENTS_PER_BATCH
) -> Iterator[Batch]:
    """Read all files in their order, at most `documents` documents a batch.

    A file or row that cannot be read becomes an `Unreadable` in its place.

    Raises:
        InputError: if there is only one file, and nothing in it can be read.
    """
    counter = ByteCounter()
    lines_before = start = 0
    groups = grouped(_items(files, column, counter), documents, CHARACTERS_PER_BATCH, _length)
    for number, items in enumerate(chain(groups, [[]])):
        batch = Batch(number, tuple(items), lines_before, start, counter.bytes)
        yield batch
        lines_before += sum(len(item.lines) for item in items if isinstance(item, LineChunk))
        start = batch.position


def _items(files: Sequence[InputFile], column: str, counter: ByteCounter) -> Iterator[Item]:
    is_only_file = len(files) == 1
    for file in files:
        count, last_line = 0, None
        try:
            for item in _items_in_file(file, column, counter, is_only_file=is_only_file):
                yield item
                count, last_line = count + 1, item.line
        except InputError as error:
            if count == 0 and is_only_file:
                raise InputError(f"{location(file.name)}: {error}") from error
            extent = f"nothing after line {last_line:,} could be read: " if last_line else ""
            yield Unreadable(file.name, None, f"{extent}{error}")
        else:
            if count == 0:
                print_message(f"{location(file.name)}: no rows or lines to score")


def _items_in_file(
    file: InputFile, column: str, counter: ByteCounter, *, is_only_file: bool
) -> Iterator[Item]:
    with open_input(file.name, counter) as stream:
        if file.kind == InputKind.LINES:
            yield from (LineChunk(file.name, chunk) for chunk in chunked(read_lines(stream)))
        elif file.kind not in ONE_DOCUMENT:
            yield from read_rows(file.name, stream, file.kind, column)
        else:
            start = b"" if file.is_explicit else _read_unless_rows(stream)
            raw = RawFile(file.name, file.kind, start + stream.read())
            yield _read_only_document(raw) if is_only_file else raw


def _read_unless_rows(stream: BinaryIO) -> bytes:
    """Read a stream of unknown type up to its first line that is not blank.

    Raises:
        InputError: if that line is a row of JSON Lines, which would be scored as prose.
    """
    start = b""
    for line in stream:
        start += line
        if line.strip():
            if is_row(line):
                raise InputError(
                    "the first line is a JSON object; use --input jsonl to score the text of each "
                    "line, or --input text to score the file as it is"
                )
            break
    return start


def _read_only_document(file: RawFile) -> Document:
    """Read the only input file, so that an error in it ends the command."""
    document = read_document(file)
    if not document.text.strip():
        if file.source == STDIN:  # most likely, the command before the pipe failed
            raise InputError("the text is empty: nothing to score")
        print_message(f"{location(file.source)}: the text is empty: there is nothing to score")
    return document


def _length(item: Item) -> int:
    """The characters or bytes of an item; a chunk of lines fills a batch."""
    match item:
        case LineChunk():
            return CHARACTERS_PER_BATCH
        case RawFile():
            return len(item.data)
        case Document():
            return len(item.text)
        case Unreadable():
            return len(item.error)
