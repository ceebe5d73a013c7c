"""The parts of a text that are inside quotation marks."""

import re

_OPENING = {"“": "”", "„": "”", "«": "»", "‘": "’"}
_CLOSING = {"”": "“", "»": "«"}
_MARKS = re.compile("[\"'“”„«»‘’]")
_BEFORE_OPENING = frozenset(" \t\u00a0([{-–—/:")


def quoted_ranges(text: str) -> list[tuple[int, int]]:
    """Half-open code-point ranges of `text` between quotation marks, without the marks.

    Each line is a paragraph of its own. A quotation that is never closed runs to the end of its
    paragraph, and one that was never opened starts at the beginning: newspapers open each
    paragraph of a long quotation and close only the last, and a sentence scored alone may have
    either end.
    """
    ranges = []
    for line in re.finditer(r"[^\r\n]+", text):
        ranges += _quoted_in_line(text, line.start(), line.end())
    return ranges


def _quoted_in_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    opened: tuple[int, str] | None = None  # start of the outermost quotation, its closing mark
    for match in _MARKS.finditer(text, start, end):
        offset, mark = match.start(), match.group()
        before = text[offset - 1] if offset > start else " "
        after = text[offset + 1] if offset + 1 < end else " "
        if opened is not None:
            first, closing = opened
            if mark == closing and _can_close(mark, before, after):
                ranges.append((first, offset))
                opened = None
        elif mark in _OPENING:
            opened = (offset + 1, _OPENING[mark])
        elif mark == '"' or (mark == "'" and after.isalnum()):
            if before in _BEFORE_OPENING:
                opened = (offset + 1, mark)
            elif mark == '"' and not ranges:
                ranges.append((start, offset))
        elif mark in _CLOSING and not ranges:
            ranges.append((start, offset))
    # A single mark left open is more often an apostrophe ('tis, the '90s) than a quotation.
    if opened is not None and opened[1] not in ("'", "’"):
        ranges.append((opened[0], end))
    return ranges


def _can_close(mark: str, before: str, after: str) -> bool:
    """Whether a single mark closes and is no apostrophe, and a straight mark closes and does not
    open a quotation within.
    """
    if mark in ("'", "’"):
        return not after.isalnum() and not before.isspace()
    if mark == '"':
        return not (before in _BEFORE_OPENING and after.isalnum())
    return True
