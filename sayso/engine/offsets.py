"""Offsets in code points converted to UTF-16 code units, as JavaScript counts."""

import re
from bisect import bisect_left
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


def in_utf16(sentence: Sentence, offsets: Utf16Offsets | None) -> Sentence:
    """The sentence with each of its offsets converted; they count in it alone if None."""
    offsets = offsets or Utf16Offsets(sentence.text)
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
    offsets = None if text is None else Utf16Offsets(text)
    sentences = tuple(in_utf16(sentence, offsets) for sentence in report.sentences)
    return replace(report, offset_unit="utf16", sentences=sentences)
