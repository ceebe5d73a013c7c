"""The text of an HTML page and the position of each character, tag by tag.

`html.parser` is used because lxml, BeautifulSoup and selectolax give no positions of characters.
"""

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
_CLOSED_BY_NEXT = frozenset({"p", "li", "dd", "dt", "td", "th", "tr"})
"""Blocks whose end tag may be omitted before another of the same name."""
_HIDDEN_TAGS = frozenset({"head", "noscript", "script", "style", "template", "title"})


class PageText(HTMLParser):
    """Parses a page.

    `shown` is all text that a browser shows, without white space, and its positions.
    `included_page` is the page with spaces in place of all text that directives exclude.

    Raises:
        InputError: if a directive is unknown.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.shown = SourceMapBuilder()
        self._lines = LineIndex(page)
        self._page = page
        self._excluded: list[tuple[int, int]] = []
        self._hidden: list[str] = []
        self._is_off = False
        self._ignored_block: _IgnoredBlock | None = None
        self.feed(page)
        self.close()

    @property
    def included_page(self) -> str:
        parts, done = [], 0
        for start, end in self._excluded:
            parts += [self._page[done:start], " " * (end - start)]
            done = end
        return "".join([*parts, self._page[done:]])

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN_TAGS:
            self._hidden.append(tag)
        elif tag == "body":
            self._hidden.clear()  # of a head that was not closed
        ignored = self._ignored_block
        if tag in _BLOCKS and ignored is not None and not ignored.continues_after_start(tag):
            self._ignored_block = None

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        ignored = self._ignored_block
        if tag in _BLOCKS and ignored is not None and not ignored.continues_after_end(tag):
            self._ignored_block = None

    def handle_comment(self, data: str) -> None:
        if not self._page.startswith("<!--", self._position()):
            return  # <!this>, which is a comment to browsers
        line, _ = self.getpos()
        for directive in find_directives(f"<!--{data}-->", line):
            if directive == Directive.IGNORE:
                self._ignored_block = _IgnoredBlock()
            else:
                self._is_off = directive == Directive.OFF

    def handle_data(self, data: str) -> None:
        self._add(data, data)

    def handle_entityref(self, name: str) -> None:
        self._add_reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._add_reference(f"&#{name}")

    def _add_reference(self, written: str) -> None:
        start = self._position()
        if self._page.startswith(";", start + len(written)):
            written += ";"
        self._add(written, unescape(written))

    def _add(self, written: str, text: str) -> None:
        start = self._position()
        end = start + len(written)
        ignored = self._ignored_block
        if ignored is not None and text.strip():
            ignored.has_text = True
        if self._is_off or (ignored is not None and ignored.has_text):
            self._excluded.append((start, end))
        elif self._hidden:
            return
        elif written == text:
            positions = [n for n in range(start, end) if not self._page[n].isspace()]
            self.shown.copy("".join(self._page[n] for n in positions), positions)
        else:
            self.shown.substitute("".join(text.split()), start, end)

    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines.line_start(line) + column


class _IgnoredBlock:
    """The paragraph after an `ignore` directive: the next block, or the text up to one."""

    def __init__(self) -> None:
        self.has_text = False
        self._open: list[str] = []

    def continues_after_start(self, tag: str) -> bool:
        """Whether the ignored paragraph goes on after the start tag of a block."""
        if self._open and self._open[-1] == tag and tag in _CLOSED_BY_NEXT:
            self._open.pop()
        elif self._open and self._open[-1] == "p":
            self._open.pop()  # a paragraph cannot contain blocks
        if self.has_text and not self._open:
            return False
        self._open.append(tag)
        return True

    def continues_after_end(self, tag: str) -> bool:
        """Whether the ignored paragraph goes on after the end tag of a block."""
        if tag in self._open:
            del self._open[self._open.index(tag) :]
            return bool(self._open) or not self.has_text
        return not self.has_text  # the end of the block that contains the directive
