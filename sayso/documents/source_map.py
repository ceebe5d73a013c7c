"""Source maps: where the text of a document is written in the file it was extracted from."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sayso.engine.report import Evidence, Report, Sentence

UNKNOWN = -1
Found = TypeVar("Found", Evidence, Sentence)


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Maps a text that was extracted from markup to its source, in code points.

    Character `i` of the text is written as `source_text[starts[i]:ends[i]]`; both are `UNKNOWN`
    where it is not in the source. `offsets_in_source`: offsets in reports count in the source, not
    in the extracted text.
    """

    source_text: str
    starts: Sequence[int]
    ends: Sequence[int]
    offsets_in_source: bool

    def source_range(self, start: int, end: int) -> tuple[int, int] | None:
        """The half-open range of the source for one of the text; None if all of it is unknown."""
        known = [index for index in range(start, end) if self.starts[index] != UNKNOWN]
        return (self.starts[known[0]], self.ends[known[-1]]) if known else None


class SourceMapBuilder:
    """Puts an extracted text together, with the position of each character in the source."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts = array("q")
        self._ends = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def ends_in_space(self) -> bool:
        """Whether the last character is white space."""
        return next((part[-1].isspace() for part in reversed(self._parts) if part), False)

    def copy(self, text: str, positions: Iterable[int]) -> None:
        """Add text that the source has verbatim, a character at each position."""
        self._parts.append(text)
        self._starts.extend(positions)
        self._ends.extend(position + 1 for position in self._starts[len(self._ends) :])

    def substitute(self, text: str, start: int, end: int) -> None:
        """Add text that is written as `source_text[start:end]`: `&amp;`, a line break."""
        self._parts.append(text)
        self._starts.extend([start] * len(text))
        self._ends.extend([end] * len(text))

    def insert(self, text: str) -> None:
        """Add text that is not in the source: white space between two paragraphs."""
        self.substitute(text, UNKNOWN, UNKNOWN)

    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    def build(self, source_text: str, *, offsets_in_source: bool) -> SourceMap:
        """The source map of the text so far."""
        return SourceMap(source_text, self._starts, self._ends, offsets_in_source)


class LineIndex:
    r"""Finds the lines of offsets, counted from 1; a line ends with \n or \r\n."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self._starts, offset)

    def line_start(self, line: int) -> int:
        """The offset of a line's first character."""
        return self._starts[line - 1]


def map_to_source(report: Report, source_map: SourceMap) -> Report:
    """A report whose offsets count in the source; `report` counts code points of the text.

    A sentence's text is then as the source has it, including markup.
    """

    def located(found: Found) -> Found:
        span = source_map.source_range(found.start, found.end)
        assert span is not None  # only separators between paragraphs are unknown
        return replace(found, start=span[0], end=span[1])

    sentences = []
    for sentence in map(located, report.sentences):
        text = source_map.source_text[sentence.start : sentence.end]
        evidence = tuple(map(located, sentence.evidence))
        sentences.append(replace(sentence, text=text, evidence=evidence))
    return replace(report, sentences=tuple(sentences))
