"""Markdown: its prose, and where each character of the prose is written in the file.

Code, link targets, bare addresses, footnote marks, formulas, images, raw HTML, front matter, and
whatever directives exclude are left out. `pyromark` reads CommonMark with GitHub's tables,
footnotes and strikethrough, and gives the range of each event. Formulas and bare addresses are
found here, because they are plain text in CommonMark.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pyromark import Markdown, Options

from sayso.documents.directives import Directive, find_directives
from sayso.documents.source_map import LineIndex, SourceMap, SourceMapBuilder

_PARSER = Markdown(
    options=Options.ENABLE_TABLES | Options.ENABLE_FOOTNOTES | Options.ENABLE_STRIKETHROUGH
)
_INLINE = ("Emphasis", "Strong", "Strikethrough", "Link")
_SKIPPED_INLINE = ("Image", "Autolink")
_CONTAINERS = ("BlockQuote", "Item", "FootnoteDefinition")
_TIGHT = ("Item", "TableCell")
"""Blocks whose own text follows other text without a blank line."""

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?=\r?$)|\+\+\+[ \t]*\r?\n.*?^\+\+\+[ \t]*(?=\r?$)",
    re.DOTALL | re.MULTILINE,
)
_LONE_RETURN = re.compile(r"\r(?!\n)")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FORMULA_START = re.compile(r"(?<!\\)\$\$")
_REST_OF_LINE = re.compile(r"[ \t]*(?=[\r\n]|\Z)")

_HIDDEN = "\0"
"""Stands for a character that is not prose; the text itself has no null characters."""
_MARKUP = _HIDDEN * 3
"""Code, a link's target or other markup, which ends an address. One or two hidden characters do
not: they may be `*` or `_` within it, which the parser takes for emphasis.
"""
_VISIBLE = re.compile(r"[^\0]+")
_ADDRESS = re.compile(
    r"(?<![\w.@/-])(?:https?://|www\.)(?:[^\s<>\"“”\0]|\0{1,2}(?!\0))+", re.IGNORECASE
)
_AFTER_ADDRESSES = "?!.,:;*_~'’\0"
_FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]\s\0]+\]")
_FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)


def read_markdown(source: str) -> tuple[str, SourceMap]:
    """The prose of a Markdown file, a blank line between paragraphs, and its source map.

    Raises:
        InputError: if a directive is unknown.
    """
    text = _LONE_RETURN.sub("\n", source).replace("\0", "\ufffd")
    reader = _Reader(text)
    for event in _events(_without_formulas(_without_front_matter(text))):
        reader.read(event)
    reader.end_paragraph()
    return reader.prose.text(), reader.prose.build(source, offsets_in_source=True)


class _Event(NamedTuple):
    """An event of the parser; `value` is the name of the tag, or the text."""

    kind: str
    value: str
    start: int
    end: int


def _events(text: str) -> Iterator[_Event]:
    """The parser's events, with ranges in code points; the parser counts bytes of UTF-8."""
    positions: Sequence[int] = range(len(text) + 1)
    if not text.isascii():
        positions = array("q", (n for n, character in enumerate(text) for _ in character.encode()))
        positions.append(len(text))
    for event, span in _PARSER.events_with_range(text):
        kind, value = (event, "") if isinstance(event, str) else next(iter(event.items()))
        yield _Event(kind, _name(value), positions[span["start"]], positions[span["end"]])


def _name(value: Any) -> str:
    """The name of a tag with or without attributes; text as it is."""
    if isinstance(value, str):
        return value
    ((name, attributes),) = value.items()
    if name == "Link" and attributes["link_type"] in ("Autolink", "Email"):
        return "Autolink"
    return str(name)


def _without_front_matter(text: str) -> str:
    """The text with line breaks in place of its front matter, of equal length."""
    match = _FRONT_MATTER.match(text)
    return "\n" * match.end() + text[match.end() :] if match else text


def _without_formulas(text: str) -> str:
    """The text with a tag of equal length in place of each formula that is a block.

    To the parser, such a tag on a line of its own is a block, whatever the formula contained.
    """
    parts, done = [], 0
    for start, end in _formula_blocks(text) if "$$" in text else ():
        parts += [text[done:start], f"<?{'x' * (end - start - 4)}?>"]
        done = end
    return "".join([*parts, text[done:]])


def _formula_blocks(text: str) -> Iterator[tuple[int, int]]:
    """The ranges from a `$$` that begins a line to the next `$$`, where that ends a line of the
    same list item, quotation or footnote.
    """
    container_ends = [len(text)]
    done, previous = 0, _Event("", "", 0, 0)
    for event in _events(text):
        kind, value, start, end = event
        if kind == "Start":
            container_ends.append(end if value in _CONTAINERS else container_ends[-1])
        elif kind == "End":
            container_ends.pop()
        elif start >= done and _FORMULA_START.match(text, start) and _begins_line(start, previous):
            closing = text.find("$$", start + 2, container_ends[-1])
            if closing >= 0 and _REST_OF_LINE.match(text, closing + 2):
                done = closing + 2
                yield start, done
        previous = event


def _begins_line(start: int, previous: _Event) -> bool:
    """Whether text begins a line, apart from the marks of lists and quotations."""
    if previous.kind != "Start":
        return previous.kind in ("SoftBreak", "HardBreak")
    # The mark of a `#` heading is part of its range; underlined headings begin with their text.
    is_start = previous.value in ("Paragraph", "Heading") and previous.start == start
    return is_start or previous.value == "Item"


class _Piece(NamedTuple):
    """A part of a paragraph, and its range in the source."""

    text: str
    start: int
    end: int


class _Reader:
    """Collects the prose of a file, event by event."""

    def __init__(self, source: str) -> None:
        self.prose = SourceMapBuilder()
        self._source = source
        self._lines = LineIndex(source)
        self._blocks: list[str] = []
        self._pieces: list[_Piece] = []
        self._gap = ""
        self._html: list[str] = []
        self._skip_depth = 0
        self._is_off = False
        self._ignore_from: int | None = None

    def read(self, event: _Event) -> None:
        kind, value, start, end = event
        if self._skip_depth:
            self._skip_depth += (kind == "Start") - (kind == "End")
        elif kind == "Start":
            self._open(value, start, end)
        elif kind == "End":
            self._close(value, start, end)
        elif kind == "Html":
            self._html.append(value)
        elif kind == "InlineHtml":
            self._follow_directives(value, start, end)
            self._add("\n" if _BREAK_TAG.fullmatch(value) else _MARKUP, start, end)
        elif kind == "Text":
            self._add(value, start, end)
        elif kind in ("SoftBreak", "HardBreak"):
            self._add(" " if kind == "SoftBreak" else "\n", start, end)
        elif kind in ("Code", "FootnoteReference"):
            self._add(_MARKUP, start, end)

    def end_paragraph(self) -> None:
        """Add the prose of the paragraph that is open, if one is."""
        pieces, self._pieces = self._pieces, []
        if pieces and self._is_ignored(pieces[0].start):
            return
        visible = _hide_addresses("".join(piece.text for piece in pieces))
        self._gap = "\n" if self._blocks and self._blocks[-1] in _TIGHT else "\n\n"
        done = 0
        for piece in pieces:
            self._add_prose(piece, visible[done : done + len(piece.text)])
            done += len(piece.text)

    def _open(self, tag: str, start: int, end: int) -> None:
        if tag in _INLINE:
            return
        if tag in _SKIPPED_INLINE:
            self._add(_MARKUP, start, end)
            self._skip_depth = 1
            return
        self.end_paragraph()
        if tag == "CodeBlock" or (tag != "HtmlBlock" and self._is_ignored(start)):
            self._skip_depth = 1
        else:
            self._blocks.append(tag)

    def _close(self, tag: str, start: int, end: int) -> None:
        if tag in _INLINE:
            return
        if tag == "HtmlBlock":
            self._pieces.clear()  # the indentation of its lines
            self._follow_directives("".join(self._html), start, end)
            self._html.clear()
        self.end_paragraph()
        self._blocks.pop()

    def _add(self, text: str, start: int, end: int) -> None:
        """Add a piece to the paragraph, after the markup between it and the one before."""
        if self._pieces and (width := start - self._pieces[-1].end):
            self._pieces.append(_Piece(_MARKUP[:width], start - width, start))
        self._pieces.append(_Piece(_MARKUP if self._is_off else text, start, end))

    def _add_prose(self, piece: _Piece, visible: str) -> None:
        """Add those parts of a piece to the prose that are visible."""
        text, start, end = piece
        written = self._source[start:end]
        is_verbatim = text == written
        if not text.isspace():  # an entity's range includes white space at the end of a heading
            end = start + len(written.rstrip())
        for match in _VISIBLE.finditer(visible):
            if self._gap and len(self.prose):
                self.prose.insert(self._gap)
            self._gap = ""
            first, last = match.span()
            if self.prose.ends_in_space and text[first] == " ":
                first += 1  # of the spaces around something left out, one remains
            if is_verbatim:
                self.prose.copy(text[first:last], range(start + first, start + last))
            else:
                self.prose.substitute(text[first:last], start, end)

    def _is_ignored(self, start: int) -> bool:
        """Whether a block begins after an `ignore` directive, which is thereby used up."""
        if self._ignore_from is None or start < self._ignore_from:
            return False
        self._ignore_from = None
        return True

    def _follow_directives(self, markup: str, start: int, end: int) -> None:
        for directive in find_directives(markup, self._lines.line(start)):
            if directive == Directive.IGNORE:
                self._ignore_from = end
            else:
                self._is_off = directive == Directive.OFF


def _hide_addresses(text: str) -> str:
    """The text with hidden characters in place of addresses, footnote marks and formulas."""
    spans = [match.span() for match in (*_FOOTNOTE_MARK.finditer(text), *_FORMULA.finditer(text))]
    for match in _ADDRESS.finditer(text):
        spans.append((match.start(), match.start() + _address_length(match[0])))
    if not spans:
        return text
    characters = list(text)
    for start, end in spans:
        characters[start:end] = _HIDDEN * (end - start)
    return "".join(characters)


def _address_length(address: str) -> int:
    """How long an address is without the punctuation of the sentence around it, as on GitHub."""
    unopened = address.count(")") - address.count("(")
    end = len(address)
    while end and (
        address[end - 1] in _AFTER_ADDRESSES or (address[end - 1] == ")" and unopened > 0)
    ):
        end -= 1
        unopened -= address[end] == ")"
    return end
