"""HTML: the article of a page, and where each character of it is written in the page.

`trafilatura` finds the article among menus and comments, but gives no positions. No other library
does, so its lines are searched for in the text of the page, ignoring white space.
"""

import re
from array import array
from collections.abc import Sequence

from sayso.documents.html_text import PageText
from sayso.documents.source_map import UNKNOWN, SourceMap, SourceMapBuilder
from sayso.errors import InputError

_LONG = 40
"""Characters of a line from which on a match is reliable wherever it is in the page."""
_CHUNK = 24
"""Characters of a short line that are searched for at a time if it is not found whole."""
_LINE = re.compile(r"[^\n]+")


def read_html(data: bytes) -> tuple[str, SourceMap]:
    """The article of an HTML page, a line per paragraph, and its source map.

    Raises:
        InputError: if there is no article, or a directive is unknown.
    """
    import trafilatura
    from trafilatura.utils import decode_file

    page: str = decode_file(data).removeprefix("\ufeff")
    try:
        page_text = PageText(page)
    except AssertionError as error:  # html.parser fails on some declarations
        raise InputError(f"this HTML page cannot be read: {error}") from error
    article: str | None = trafilatura.extract(page_text.included_page, include_comments=False)
    if not article:
        raise InputError(
            "no article text found in this HTML page; if it is plain text, use --input text"
        )
    return article, _map_article(article, page, page_text.shown)


def _map_article(article: str, page: str, shown: SourceMapBuilder) -> SourceMap:
    lines = [_searchable(match) for match in _LINE.finditer(article)]
    texts = ["".join(article[index] for index in line) for line in lines]
    page_map = shown.build(page, offsets_in_source=False)
    starts, ends = array("q", [UNKNOWN]) * len(article), array("q", [UNKNOWN]) * len(article)
    for line, positions in zip(lines, _find_lines(texts, shown.text()), strict=True):
        for index, position in zip(line, positions, strict=True):
            if position is not None:
                starts[index], ends[index] = page_map.starts[position], page_map.ends[position]
    return SourceMap(page, starts, ends, offsets_in_source=False)


def _searchable(line: re.Match[str]) -> list[int]:
    """The offsets of a line's characters that are in the page: not white space, nor the dashes of
    lists and the bars of tables, which trafilatura adds.
    """
    first = 2 if line[0].startswith("- ") else 0
    bar = "|" if line[0].startswith("|") else ""
    return [
        line.start() + index
        for index, character in enumerate(line[0])
        if index >= first and not character.isspace() and character != bar
    ]


def _find_lines(lines: Sequence[str], shown: str) -> list[list[int | None]]:
    """For each line, the offsets of its characters in the page's text; None if not found."""
    reliable = _find_long_lines(lines, shown)
    result: list[list[int | None]] = []
    cursor = 0
    for number, line in enumerate(lines):
        if number in reliable:
            start = reliable[number]
            positions: list[int | None] = list(range(start, start + len(line)))
        else:
            # A menu may contain a short line, too: take the match nearest to the line after it.
            end = min((reliable[n] for n in reliable if n > number), default=len(shown))
            positions = _find_short_line(line, shown, cursor, end)
        result.append(positions)
        cursor = max([cursor, *(position + 1 for position in positions if position is not None)])
    return result


def _find_long_lines(lines: Sequence[str], shown: str) -> dict[int, int]:
    """The offset of each long line that is in the page's text, by the line's number."""
    found: dict[int, int] = {}
    cursor = 0
    for number, line in enumerate(lines):
        if len(line) >= _LONG:
            start = shown.find(line, cursor)
            if start < 0:
                start = shown.find(line)
            if start >= 0:
                found[number] = start
                cursor = start + len(line)
    return found


def _find_short_line(line: str, shown: str, start: int, end: int) -> list[int | None]:
    """The offsets of the characters of a line that may be there whole, in parts, or not at all."""
    find = shown.find if end == len(shown) else shown.rfind
    whole = find(line, start, end)
    if whole >= 0:
        return list(range(whole, whole + len(line)))
    positions: list[int | None] = []
    for first in range(0, len(line), _CHUNK):
        chunk = line[first : first + _CHUNK]
        found = find(chunk, start, end)
        if found >= 0:
            positions += range(found, found + len(chunk))
            start = max(start, found + len(chunk))
        else:
            positions += [None] * len(chunk)
    return positions
