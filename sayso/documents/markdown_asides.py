"""What stands in Markdown without being prose, though no token says so.

These are bare addresses, the marks of footnotes, and formulas between `$$`.
"""

import re
from collections.abc import Iterator

from markdown_it.rules_block import StateBlock

HIDDEN = "\0"
"""Stands for a character that is no text: markup, code. No paragraph holds one."""

_ADDRESS = re.compile(
    # `*` and `_` in an address are taken for markup; a longer run is code or the end of a link.
    r"(?<![\w.@/-])(?:https?://|www\.)(?:[^\s<>\"“”\0]|\0{1,2}(?!\0))+",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"^\[\^[^\[\]\s\0]+\]:[ \t]*|\[\^[^\[\]\s\0]+\]", re.MULTILINE)
_FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_AFTER_ADDRESSES = "?!.,:;*_~'’\0"

Ranges = list[tuple[int, int]]


def asides(visible: str) -> Ranges:
    """The ranges of a paragraph that are no prose, in their order; they may overlap.

    `visible` is the paragraph with `HIDDEN` in place of each character that is no text.
    """
    found = [match.span() for shape in (_FOOTNOTE, _FORMULA) for match in shape.finditer(visible)]
    addresses = (
        (match.start(), match.start() + len(_without_what_follows(match[0])))
        for match in _ADDRESS.finditer(visible)
    )
    return sorted([*found, *addresses])


def outside(start: int, end: int, ranges: Ranges) -> Iterator[tuple[int, int]]:
    """The parts of a range that lie in none of the others."""
    for first, last in ranges:
        if start < first < end:
            yield start, first
        if first < end:
            start = max(start, last)
    if start < end:
        yield start, end


def _without_what_follows(address: str) -> str:
    """An address without the punctuation of the sentence around it, as GitHub cuts it."""
    unopened = address.count(")") - address.count("(")
    end = len(address)
    while end and (
        address[end - 1] in _AFTER_ADDRESSES or (address[end - 1] == ")" and unopened > 0)
    ):
        end -= 1
        unopened -= address[end] == ")"
    return address[:end]


def formula_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A rule for the library: lines from `$$` up to the `$$` that ends a line are one block."""
    start = state.bMarks[first] + state.tShift[first]
    if state.is_code_block(first) or not state.src.startswith("$$", start, state.eMarks[first]):
        return False
    line, start = first, start + 2
    while (close := state.src.find("$$", start, state.eMarks[line])) < 0:
        line += 1
        if line >= end or (not state.isEmpty(line) and state.sCount[line] < state.blkIndent):
            return False
        start = state.bMarks[line] + state.tShift[line]
    if state.src[close + 2 : state.eMarks[line]].strip():
        return False
    if not silent:
        state.line = line + 1
        state.push("formula", "", 0).map = [first, state.line]
    return True
