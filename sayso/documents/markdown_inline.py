"""Markdown within a paragraph: its tokens, and where in the paragraph each of them begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from sayso.documents.markdown_asides import HIDDEN, asides, outside

_AT = "at"
_WIDTHS = {"em": 1, "strong": 1, "s": 2}
"""Characters of a delimiter's token. That of `**` is written as one token, and an empty one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to read, or a comment.

    `copied`: the text stands at `start` as it is; otherwise it is written as `start` to `end`.
    """

    kind: Literal["text", "break", "markup"]
    text: str
    start: int
    end: int

    @property
    def copied(self) -> bool:
        return len(self.text) == self.end - self.start


class _PlacedState(StateInline):
    """Writes into each token where it begins, which markdown-it itself does not."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType) -> None:
        super().__init__(src, md, env, [])
        self._pending_at: int | None = None

    def append_pending(self, text: str) -> None:
        if self._pending_at is None:
            self._pending_at = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802 - the library's name
        token = super().pushPending()
        token.meta[_AT] = self._pending_at
        self._pending_at = None
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta[_AT] = self.pos
        self._pending_at = None  # also where a line break took all that was pending
        return token


def pieces(content: str, parser: MarkdownIt, env: EnvType) -> Iterator[Piece]:
    """The pieces of a paragraph's content in their order, places counted in `content`.

    Code, images, bare addresses, marks of footnotes, formulas and tags are left out, links' targets
    too; a line break is a space, or a line break where the writer asked for one.
    """
    found = list(_all_pieces(content, parser, env))
    visible = [HIDDEN] * len(content)
    for piece in found:
        if piece.kind != "markup":
            visible[piece.start : piece.end] = content[piece.start : piece.end]
    left_out = asides("".join(visible))
    for piece in found:
        if piece.kind == "markup" or not left_out:
            yield piece
        elif piece.copied:
            for start, end in outside(piece.start, piece.end, left_out):
                text = piece.text[start - piece.start : end - piece.start]
                yield Piece(piece.kind, text, start, end)
        elif not any(start <= piece.start < end for start, end in left_out):
            yield piece


def _all_pieces(content: str, parser: MarkdownIt, env: EnvType) -> Iterator[Piece]:
    """What the library's tokens hold."""
    state = _PlacedState(content, parser, env)
    parser.inline.tokenize(state)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    done = 0
    in_address = False
    for token in state.tokens:
        start = max(done, token.meta[_AT])
        match token.type:
            case "text" if token.content:
                if not in_address:
                    done = start + len(token.content)
                    yield Piece("text", token.content, start, done)
            case "text":
                done = start + 1  # the other half of `**`
            case "text_special":
                done = start + len(token.markup)
                escaped = token.markup.removeprefix("\\")
                if token.info == "escape" and token.content == escaped:
                    yield Piece("text", escaped, start + 1, done)
                else:
                    yield Piece("text", token.content, start, done)
            case "softbreak" | "hardbreak":
                text = " " if token.type == "softbreak" else "\n"
                yield Piece("break", text, start, start + len(token.markup or text))
            case "html_inline":
                done = start + len(token.content)
                yield Piece("markup", token.content, start, done)
            case "link_open" | "link_close" if token.markup == "autolink":
                in_address = token.type == "link_open"
            case _:
                done = start + _WIDTHS.get(token.tag, 0)
