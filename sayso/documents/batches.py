"""Batches: the documents and lines of all sources, numbered, some at a time.

The same input gives the same batches, so that a run that was cut off finds its place again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from sayso.documents.lines import Line, chunked, read_lines
from sayso.documents.rows import is_row, read_rows
from sayso.documents.streams import STDIN, Meter, open_input
from sayso.errors import InputError

DOCUMENTS_PER_BATCH = 256
"""Some seconds of work: little is lost by a kill, and there are not too many batches."""
CHARACTERS_PER_BATCH = 1_000_000
"""Few enough for memory to stay flat."""


@dataclass(frozen=True, slots=True)
class LineChunk:
    """Lines of a file that follow each other."""

    source: str
    lines: Sequence[Line]


Item = RawFile | Document | Unreadable | LineChunk


@dataclass(frozen=True, slots=True)
class Batch:
    """What is scored together. `number` counts batches from 0, `lines_before` the lines of earlier
    batches; `position` is the bytes of all input that were read up to here. The last is empty.
    """

    number: int
    items: Sequence[Item]
    lines_before: int
    position: int
    is_last: bool = False

    def __len__(self) -> int:
        return sum(len(item.lines) if isinstance(item, LineChunk) else 1 for item in self.items)

    def digest(self) -> str:
        """Changes with anything in the batch."""
        content = repr((self.items, self.lines_before, self.is_last))
        return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read_batches(
    sources: Sequence[InputFile], column: str, *, documents: int = DOCUMENTS_PER_BATCH
) -> Iterator[Batch]:
    """Read all sources in their order; `documents` is the most in a batch.

    What cannot be read stands in its place as `Unreadable`.

    Raises:
        InputError: there is but one source, and nothing of it can be read.
    """
    meter = Meter()
    items: list[Item] = []
    number = lines_before = lines = characters = 0

    def batch(*, is_last: bool = False) -> Batch:
        return Batch(number, tuple(items), lines_before, meter.bytes, is_last)

    for item in _items(sources, column, meter):
        items.append(item)
        lines += _lines(item)
        characters += _characters(item)
        if lines > lines_before or len(items) >= documents or characters >= CHARACTERS_PER_BATCH:
            yield batch()
            items, characters = [], 0
            number, lines_before = number + 1, lines
    if items:
        yield batch()
        items, number = [], number + 1
    yield batch(is_last=True)


def _items(sources: Sequence[InputFile], column: str, meter: Meter) -> Iterator[Item]:
    for source in sources:
        count, last = 0, None
        try:
            for item in _items_of(source, column, meter, alone=len(sources) == 1):
                yield item
                count, last = count + 1, _line(item)
        except InputError as error:
            if count == 0 and len(sources) == 1:
                raise InputError(f"{location(source.name)}: {error}") from error
            rest = f"the rest after line {last:,} is lost: " if last else ""
            yield Unreadable(source.name, None, f"{rest}{error}")
        else:
            if count == 0:
                print_message(f"{location(source.name)}: there is nothing in it to score")


def _items_of(source: InputFile, column: str, meter: Meter, *, alone: bool) -> Iterator[Item]:
    with open_input(source.name, meter) as stream:
        if source.kind == InputKind.LINES:
            yield from (LineChunk(source.name, chunk) for chunk in chunked(read_lines(stream)))
        elif source.kind not in ONE_DOCUMENT:
            yield from read_rows(source.name, stream, source.kind, column)
        else:
            first = b"" if source.told else _no_rows(stream)
            page = RawFile(source.name, source.kind, first + stream.read())
            yield _readable(page) if alone else page


def _no_rows(stream: BinaryIO) -> bytes:
    """A stream up to its first line that is not blank, where nobody told what is in it.

    Raises:
        InputError: that line is a row of JSON LineChunk, which would be taken for prose.
    """
    first = b""
    for line in stream:
        first += line
        if line.strip():
            if is_row(line):
                raise InputError(
                    "the first line is a JSON object; say --input jsonl to score a text in each "
                    "line, or --input text if this is to be read as it is"
                )
            break
    return first


def _readable(page: RawFile) -> Document:
    """The document of the only page there is, for which there is no place to stand in for it."""
    document = read_document(page)
    if not document.text.strip():
        if page.source == STDIN:  # of a command that failed, most likely
            raise InputError("the text is empty: nothing to score")
        print_message(f"{location(page.source)}: the text is empty: there is nothing to score")
    return document


def _lines(item: Item) -> int:
    return len(item.lines) if isinstance(item, LineChunk) else 0


def _line(item: Item) -> int | None:
    match item:
        case LineChunk():
            return item.lines[-1].number
        case RawFile():
            return None
        case _:
            return item.line


def _characters(item: Item) -> int:
    match item:
        case LineChunk():
            return sum(len(line.text) for line in item.lines)
        case RawFile():
            return len(item.data)
        case Document():
            return len(item.text)
        case Unreadable():
            return len(item.error)
