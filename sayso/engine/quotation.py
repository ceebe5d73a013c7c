"""Which parts of a text stand inside quotation marks."""

import re

_OPENING = {"“": "”", "„": "”", "«": "»", "‘": "’"}
_CLOSING = {"”": "“", "»": "«"}
_MARKS = re.compile("[\"'“”„«»‘’]")
_BEFORE_OPENING = frozenset(" \t\u00a0([{-–—/:")


def quoted_ranges(text: str) -> list[tuple[int, int]]:
    """Half-open code-point ranges of `text` between quotation marks, the marks left out.

    Paragraphs (lines) are read one by one. Inside one, a quotation that is never closed runs to
    the end, and one that was never opened starts at the beginning: papers open each paragraph of
    a long quotation and close only the last, and a sentence scored alone may hold either end.
    """
    ranges = []
    for line in re.finditer(r"[^\r\n]+", text):
        ranges += _quoted_in_line(text, line.start(), line.end())
    return ranges


def _quoted_in_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    opened: tuple[int, str] | None = None  # where the outermost quotation began, what closes it
    for match in _MARKS.finditer(text, start, end):
        place, mark = match.start(), match.group()
        before = text[place - 1] if place > start else " "
        after = text[place + 1] if place + 1 < end else " "
        if opened is not None:
            first, closing = opened
            if mark == closing and _can_close(mark, before, after):
                ranges.append((first, place))
                opened = None
        elif mark in _OPENING:
            opened = (place + 1, _OPENING[mark])
        elif mark == '"' or (mark == "'" and after.isalnum()):
            if before in _BEFORE_OPENING:
                opened = (place + 1, mark)
            elif mark == '"' and not ranges:
                ranges.append((start, place))
        elif mark in _CLOSING and not ranges:
            ranges.append((start, place))
    # A single mark left open is more often an apostrophe ('tis, the '90s) than a quotation.
    if opened is not None and opened[1] not in ("'", "’"):
        ranges.append((opened[0], end))
    return ranges


def _can_close(mark: str, before: str, after: str) -> bool:
    """Tell a closing single mark from an apostrophe, and a closing straight mark from the opening
    of a quotation within.
    """
    if mark in ("'", "’"):
        return not after.isalnum() and not before.isspace()
    if mark == '"':
        return not (before in _BEFORE_OPENING and after.isalnum())
    return True
