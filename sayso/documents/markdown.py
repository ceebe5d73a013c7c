"""Markdown: the prose in it, and where each character of that stands in the file.

Left out are code, links' targets, bare addresses, formulas, images, raw HTML, front matter, and
what comments ask to leave out. The library says which lines a paragraph spans and which tokens are
in it; places within the lines are found here and in `markdown_inline.py`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import MD_TRIM_CHARS
from markdown_it.token import Token

from sayso.documents.directives import Directive, find_directives
from sayso.documents.markdown_asides import formula_block
from sayso.documents.markdown_inline import Piece, pieces
from sayso.documents.source_map import SourceMap, SourceMapBuilder

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?=\r?$)|\+\+\+[ \t]*\r?\n.*?^\+\+\+[ \t]*(?=\r?$)",
    re.DOTALL | re.MULTILINE,
)
_BREAK = re.compile(r"\r\n?|\n")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_CONTAINERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(source: str) -> tuple[str, SourceMap]:
    """The prose of a Markdown file, a blank line between paragraphs, and where it stands.

    Raises:
        InputError: a comment for Sayso asks for something unknown.
    """
    reader = _Reader(source)
    reader.read()
    return reader.prose.text(), reader.prose.origin(source, counts=True)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    others = ["paragraph", "reference", "blockquote", "list"]  # which it may end, as a fence does
    parser.block.ruler.before("fence", "formula", formula_block, {"alt": others})
    # Paragraphs are parsed here, and tokens stay apart: each knows its own place.
    return parser.disable(["inline", "text_join", "fragments_join"])


class _Reader:
    def __init__(self, source: str) -> None:
        self.prose = SourceMapBuilder()
        self._source = source
        self._lines = [match[0] for match in _LINE.finditer(source)]
        self._starts = [0, *accumulate(map(len, self._lines))]
        self._off = False
        self._ignore_next = False
        self._cell_end = 0

    def read(self) -> None:
        """Read all blocks."""
        env: dict[str, Any] = {}
        blocks = iter(_parser().parse(self._without_front_matter(), env))
        # Otherwise the mark of a footnote that is but a word would be a link.
        for name in [name for name in env.get("references", ()) if name.startswith("^")]:
            del env["references"][name]
        opened = None
        for token in blocks:
            if token.nesting == 1 and self._ignore_next:
                self._ignore_next = False
                _skip(blocks, token)
            elif token.type == "html_block":
                self._heed(token.content, self._first_line(token))
            elif token.nesting == 1:
                opened = token
            elif token.type == "inline" and token.content and opened is not None:
                content = list(pieces(token.content, _parser(), env))
                tight = opened.hidden or opened.type in ("th_open", "td_open")
                self._paragraph(content, self._places(token, opened), "\n" if tight else "\n\n")

    def _without_front_matter(self) -> str:
        match = _FRONT_MATTER.match(self._source)
        if match is None:
            return self._source
        return "\n" * len(_BREAK.findall(match[0])) + self._source[match.end() :]

    def _first_line(self, token: Token) -> int:
        return token.map[0] if token.map else 0

    def _paragraph(self, content: Sequence[Piece], places: Sequence[int], gap: str) -> None:
        begun = False
        for piece in content:
            if piece.kind == "markup":
                self._heed(piece.text, self._line_of(places[piece.start]))
                if not _BREAK_TAG.fullmatch(piece.text):
                    continue
            if self._off:
                continue
            if not begun and len(self.prose):
                self.prose.separate(gap)
            begun = True
            if piece.kind == "text" and piece.copied:
                # What was left out between two spaces leaves one.
                first = int(self.prose.ends_in_space and piece.text.startswith(" "))
                self.prose.copied(piece.text[first:], places[piece.start + first : piece.end])
            else:
                text = "\n" if piece.kind == "markup" else piece.text
                self.prose.stands_for(text, places[piece.start], places[piece.end - 1] + 1)

    def _heed(self, markup: str, line: int) -> None:
        for wish in find_directives(markup, line + 1):
            if wish == Directive.IGNORE:
                self._ignore_next = True
            else:
                self._off = wish == Directive.OFF

    def _line_of(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _line(self, number: int) -> str:
        return self._lines[number].rstrip("\r\n").replace("\0", "\ufffd")

    def _places(self, token: Token, opened: Token) -> list[int]:
        """The place of each character of a token's content."""
        first = self._first_line(token)
        start, line, content = self._starts[first], self._line(first), token.content
        if opened.type in ("th_open", "td_open"):
            columns = _columns_of_cell(content, line, max(0, self._cell_end - start))
            self._cell_end = start + columns[-1] + 1
            return [start + column for column in columns]
        if opened.type == "heading_open" and opened.markup.startswith("#"):
            begin = line.index(content, line.index(opened.markup) + len(opened.markup))
            return list(range(start + begin, start + begin + len(content)))
        return self._places_of_lines(content.split("\n"), first)

    def _places_of_lines(self, contents: Sequence[str], number: int) -> list[int]:
        # Lines that hold but a no-break space were trimmed off.
        while contents[0].strip(MD_TRIM_CHARS) not in self._line(number):
            number += 1
        places: list[int] = []
        for content, start in zip(contents, self._starts[number:], strict=False):
            line = self._line(number)
            places += [start + column for column in _columns_of_rest(content, line)]
            places.append(start + len(line))  # the line break
            number += 1
        return places


def _columns_of_rest(content: str, line: str) -> list[int]:
    """The columns of a paragraph's line, which is the rest of its line in the file.

    White space at either end may differ: it is no part of any token.
    """
    end = len(line.rstrip(MD_TRIM_CHARS)) - len(content.rstrip(MD_TRIM_CHARS))
    return [max(0, end + place) for place in range(len(content))]


def _columns_of_cell(content: str, line: str, done: int) -> list[int]:
    """The columns of a table's cell, the one before which ends at column `done`."""
    written = re.compile("".join(r"\\?\|" if c == "|" else re.escape(c) for c in content))
    start = max(done, _CONTAINERS.match(line).end())  # type: ignore[union-attr] # always matches
    match = written.search(line, start) or written.search(line, done)
    assert match is not None
    columns, column = [], match.start()
    for character in content:
        column += line[column] != character  # the backslash of \|
        columns.append(column)
        column += 1
    return columns


def _skip(blocks: Iterator[Token], opened: Token) -> None:
    """Take the tokens up to the one that closes a block."""
    for token in blocks:
        if token.nesting == -1 and token.level == opened.level:
            return
