"""Where the text that is read stands in the file that it was taken from."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sayso.engine.report import Evidence, Report, Sentence

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class SourceMap:
    """The source of a text that was taken out of markup, in code points.

    `source` is the file's text. Character `i` of the text that is read was written as
    `source[starts[i]:ends[i]]`, or nobody knows where: `UNKNOWN`. `counts`: offsets in records
    count in the source, not in the text that is read.
    """

    source: str
    starts: Sequence[int]
    ends: Sequence[int]
    counts: bool

    def range(self, start: int, end: int) -> tuple[int, int] | None:
        """A half-open range of the text in the source; None where no character is known."""
        known = [place for place in range(start, end) if self.starts[place] != UNKNOWN]
        return (self.starts[known[0]], self.ends[known[-1]]) if known else None


class SourceMapBuilder:
    """A text in the making, with the place of each character in its source."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts = array("q")
        self._ends = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def ends_in_space(self) -> bool:
        """Whether the last character is white space."""
        return bool(self._parts) and self._parts[-1][-1:].isspace()

    def copied(self, text: str, places: Iterable[int]) -> None:
        """Add text that stands in the source as it is, a character at each place."""
        self._parts.append(text)
        self._starts.extend(places)
        self._ends.extend(place + 1 for place in self._starts[len(self._ends) :])

    def stands_for(self, text: str, start: int, end: int) -> None:
        """Add text that is written as `source[start:end]`: `&amp;`, a line break."""
        self._parts.append(text)
        self._starts.extend([start] * len(text))
        self._ends.extend([end] * len(text))

    def separate(self, text: str) -> None:
        """Add what stands nowhere: white space between two paragraphs."""
        self.stands_for(text, UNKNOWN, UNKNOWN)

    def text(self) -> str:
        """What was added."""
        return "".join(self._parts)

    def origin(self, source: str, *, counts: bool) -> SourceMap:
        """Where it stands."""
        return SourceMap(source, self._starts, self._ends, counts)


class LineIndex:
    r"""Lines of offsets, counted from 1; a line ends with \n or \r\n."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self._starts, offset)

    def line_start(self, line: int) -> int:
        """The offset of a line's first character."""
        return self._starts[line - 1]


def map_to_source(report: Report, origin: SourceMap) -> Report:
    """A report whose offsets count in the source; `report` counts code points of the text.

    A sentence's text is then what is written in the source, with the markup within it.
    """

    def moved(start: int, end: int) -> tuple[int, int]:
        place = origin.range(start, end)
        assert place is not None  # what counts in its source is known throughout
        return place

    def evidence(found: Evidence) -> Evidence:
        start, end = moved(found.start, found.end)
        return replace(found, start=start, end=end)

    def sentence(one: Sentence) -> Sentence:
        start, end = moved(one.start, one.end)
        found = tuple(evidence(each) for each in one.evidence)
        return replace(one, start=start, end=end, text=origin.source[start:end], evidence=found)

    return replace(report, sentences=tuple(sentence(one) for one in report.sentences))
