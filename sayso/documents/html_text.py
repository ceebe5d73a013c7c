"""The text of an HTML page with the place of each character, tag by tag as it is written."""

from html import unescape
from html.parser import HTMLParser

from sayso.documents.directives import Directive, find_directives
from sayso.documents.source_map import LineIndex, SourceMapBuilder

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_CLOSED_BY_THE_NEXT = frozenset({"p", "li", "dd", "dt", "td", "th", "tr"})
"""Blocks whose end tag may be left out."""
_NOT_SHOWN = frozenset({"head", "noscript", "script", "style", "template", "title"})


class PageText(HTMLParser):
    """Reads a page.

    `shown` is all text that a browser shows, without white space, and where it stands. `kept` is
    the page, as long as before, but with spaces in place of all that comments ask to leave out.

    Raises:
        InputError: a comment for Sayso asks for something unknown.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.shown = SourceMapBuilder()
        self._places = LineIndex(page)
        self._page = page
        self._left_out: list[tuple[int, int]] = []
        self._hidden: list[str] = []
        self._off = False
        self._ignore: _IgnoredBlock | None = None
        self.feed(page)
        self.close()

    @property
    def kept(self) -> str:
        parts, done = [], 0
        for start, end in self._left_out:
            parts += [self._page[done:start], " " * (end - start)]
            done = end
        return "".join([*parts, self._page[done:]])

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _NOT_SHOWN:
            self._hidden.append(tag)
        elif tag == "body":
            self._hidden.clear()  # a head that nobody closed
        if tag in _BLOCKS and self._ignore is not None and not self._ignore.begins(tag):
            self._ignore = None

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS and self._ignore is not None and not self._ignore.ends(tag):
            self._ignore = None

    def handle_comment(self, data: str) -> None:
        if not self._page.startswith("<!--", self._place()):
            return  # <!this>, which browsers take for a comment
        line, _ = self.getpos()
        for wish in find_directives(f"<!--{data}-->", line):
            if wish == Directive.IGNORE:
                self._ignore = _IgnoredBlock()
            else:
                self._off = wish == Directive.OFF

    def handle_data(self, data: str) -> None:
        self._text(data, data)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        start = self._place()
        if self._page.startswith(";", start + len(written)):
            written += ";"
        self._text(written, unescape(written))

    def _text(self, written: str, text: str) -> None:
        start = self._place()
        end = start + len(written)
        if self._ignore is not None and text.strip():
            self._ignore.begun = True
        if self._off or (self._ignore is not None and self._ignore.begun):
            self._left_out.append((start, end))
        elif self._hidden:
            return
        elif written == text:
            places = [place for place in range(start, end) if not self._page[place].isspace()]
            self.shown.copy("".join(self._page[place] for place in places), places)
        else:
            self.shown.substitute("".join(text.split()), start, end)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._places.line_start(line) + column


class _IgnoredBlock:
    """The paragraph after a comment: the next block, or the text up to one."""

    def __init__(self) -> None:
        self.begun = False
        self._open: list[str] = []

    def begins(self, tag: str) -> bool:
        """Heed a block's start tag; whether what follows is still ignored."""
        if self._open and self._open[-1] == tag and tag in _CLOSED_BY_THE_NEXT:
            self._open.pop()
        elif self._open and self._open[-1] == "p":
            self._open.pop()  # a paragraph holds no blocks
        if self.begun and not self._open:
            return False
        self._open.append(tag)
        return True

    def ends(self, tag: str) -> bool:
        """Heed a block's end tag; whether what follows is still ignored."""
        if tag in self._open:
            del self._open[self._open.index(tag) :]
            return bool(self._open) or not self.begun
        return not self.begun  # the end of what the comment stands in
