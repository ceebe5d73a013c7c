"""Offsets in code points converted to UTF-16 code units, as JavaScript counts."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from sayso.engine.report import Report, Sentence

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16Offsets:
    """Converts code-point offsets in one text to UTF-16 offsets."""

    def __init__(self, text: str) -> None:
        self._astral = [match.start() for match in _ASTRAL.finditer(text)]

    def __call__(self, offset: int) -> int:
        """Each character outside the basic plane before the offset counts twice."""
        return offset + bisect_left(self._astral, offset)


def in_utf16(sentence: Sentence, offsets: Callable[[int], int]) -> Sentence:
    """The sentence with each of its offsets converted."""
    evidence = tuple(
        replace(found, start=offsets(found.start), end=offsets(found.end))
        for found in sentence.evidence
    )
    start, end = offsets(sentence.start), offsets(sentence.end)
    return replace(sentence, start=start, end=end, evidence=evidence)


def report_in_utf16(report: Report, text: str | None) -> Report:
    """A report that counts code points, converted to UTF-16 code units.

    `text` is what its offsets count in; each sentence on its own if None.
    """
    of_text = None if text is None else Utf16Offsets(text)
    sentences = (
        in_utf16(sentence, of_text or Utf16Offsets(sentence.text)) for sentence in report.sentences
    )
    return replace(report, offset_unit="utf16", sentences=tuple(sentences))
