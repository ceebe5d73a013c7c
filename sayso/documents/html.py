"""HTML: the article of a page, and where each character of it stands there.

`trafilatura` tells the article from menus and comments, and forgets where it found it. So its
lines are sought again in the text of the page, white space left out of both.
"""

import re
from array import array
from collections.abc import Sequence

from sayso.documents.html_text import PageText
from sayso.documents.source_map import UNKNOWN, SourceMap, SourceMapBuilder
from sayso.errors import InputError

_LONG = 40
"""Characters of a line from which on it is sure to be the right one where it is found."""
_CHUNK = 24
_LINE = re.compile(r"[^\n]+")


def read_html(data: bytes) -> tuple[str, SourceMap]:
    """The article of an HTML page, a line a paragraph, and where it stands in the page.

    Raises:
        InputError: there is no article, or a comment for Sayso asks for something unknown.
    """
    import trafilatura
    from trafilatura.utils import decode_file

    page: str = decode_file(data).removeprefix("\ufeff")
    try:
        written = PageText(page)
    except AssertionError as error:  # the standard library's parser on a declaration it can't read
        raise InputError(f"this HTML page cannot be read: {error}") from error
    text: str | None = trafilatura.extract(written.kept, include_comments=False)
    if not text:
        raise InputError(
            "no article text was found in this HTML page; if it is plain text, say --input text"
        )
    return text, _found_again(text, page, written.shown)


def _found_again(text: str, page: str, shown: SourceMapBuilder) -> SourceMap:
    wanted = [_sought(match) for match in _LINE.finditer(text)]
    lines = ["".join(text[place] for place in line) for line in wanted]
    there = shown.build(page, offsets_in_source=False)
    starts, ends = array("q", [UNKNOWN]) * len(text), array("q", [UNKNOWN]) * len(text)
    for line, found in zip(wanted, _line_places(lines, shown.text()), strict=True):
        for place, source in zip(line, found, strict=True):
            if source is not None:
                starts[place], ends[place] = there.starts[source], there.ends[source]
    return SourceMap(page, starts, ends, offsets_in_source=False)


def _sought(line: re.Match[str]) -> list[int]:
    """The places of a line's characters that stand in the page: no white space, no list's dash and
    no table's bars, which trafilatura puts there.
    """
    first = 2 if line[0].startswith("- ") else 0
    bar = "|" if line[0].startswith("|") else ""
    return [
        line.start() + place
        for place, character in enumerate(line[0])
        if place >= first and not character.isspace() and character != bar
    ]


def _line_places(lines: Sequence[str], shown: str) -> list[list[int | None]]:
    """For each line the places of its characters in the page's text; None where it is not there."""
    sure: dict[int, int] = {}
    cursor = 0
    for number, line in enumerate(lines):
        if len(line) >= _LONG:
            place = shown.find(line, cursor)
            if place < 0:
                place = shown.find(line)
            if place >= 0:
                sure[number] = place
                cursor = place + len(line)
    result: list[list[int | None]] = []
    cursor = 0
    for number, line in enumerate(lines):
        if number in sure:
            found: list[int | None] = list(range(sure[number], sure[number] + len(line)))
        else:
            # A short line is also a menu's: the nearest one before what follows it is meant.
            after = min((sure[n] for n in sure if n > number), default=len(shown))
            found = _short_line(line, shown, cursor, after)
        result.append(found)
        cursor = max([cursor, *(place + 1 for place in found if place is not None)])
    return result


def _short_line(line: str, shown: str, start: int, end: int) -> list[int | None]:
    """The places of a line that may stand there whole, in parts, or not at all."""
    search = shown.find if end == len(shown) else shown.rfind
    whole = search(line, start, end)
    if whole >= 0:
        return list(range(whole, whole + len(line)))
    places: list[int | None] = []
    for first in range(0, len(line), _CHUNK):
        chunk = line[first : first + _CHUNK]
        place = shown.find(chunk, start, end)
        places += range(place, place + len(chunk)) if place >= 0 else [None] * len(chunk)
        start = max(start, place + len(chunk)) if place >= 0 else start
    return places
