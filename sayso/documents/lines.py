"""Lines: files with one sentence per line, which are never split further."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from sayso.documents.documents import Unreadable
from sayso.documents.utf8 import decode, excerpt, refuse_other_encodings
from sayso.errors import InputError

LINES_PER_CHUNK = 1024
CHARACTERS_PER_CHUNK = 1_000_000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class RawLine:
    """The bytes of a line without its line break, its number from 1 and its offset in the file."""

    number: int
    start: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and its number in the file, from 1. If it could not be read, `error` says why and
    `row` is its beginning.
    """

    number: int
    text: str
    error: str | None = None
    row: str | None = None

    def unreadable(self, source: str) -> Unreadable:
        """The line of a file in messages, if it could not be read."""
        return Unreadable(source, self.number, self.error or "", self.row)


def raw_lines(stream: BinaryIO) -> Iterator[RawLine]:
    r"""The lines of a file; a line ends with \n or \r\n, and with nothing else.

    Raises:
        InputError: if the file begins like UTF-16.
    """
    start = 0
    for number, line in enumerate(stream, 1):
        if number == 1:
            refuse_other_encodings(line)
        data = line.removesuffix(b"\r\n") if line.endswith(b"\r\n") else line.removesuffix(b"\n")
        yield RawLine(number, start, data)
        start += len(line)


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The sentences of a file, including lines that are not UTF-8, with an error.

    Raises:
        InputError: if the file begins like UTF-16.
    """
    for line in raw_lines(stream):
        try:
            yield Line(line.number, decode(line.data, start=line.start))
        except InputError as error:
            yield Line(line.number, "", str(error), excerpt(line.data))


def chunked(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Group lines to score together: enough for the engine, few enough to keep memory flat."""
    return grouped(lines, LINES_PER_CHUNK, CHARACTERS_PER_CHUNK, lambda line: len(line.text))


def grouped(
    items: Iterable[Item], most: int, characters: int, length: Callable[[Item], int]
) -> Iterator[list[Item]]:
    """Group items; a group is full with `most` of them, or as soon as they have `characters`."""
    group: list[Item] = []
    left = characters
    for item in items:
        group.append(item)
        left -= length(item)
        if len(group) == most or left <= 0:
            yield group
            group, left = [], characters
    if group:
        yield group
