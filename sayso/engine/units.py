"""Offsets of a whole report in another unit."""

from dataclasses import replace

from sayso.engine.offsets import Utf16Offsets, in_utf16
from sayso.engine.report import Report


def report_in_utf16(report: Report, text: str | None) -> Report:
    """A report that counts code points, counting UTF-16 code units instead.

    `text` is what its offsets count in; each sentence on its own where None.
    """
    of_text = None if text is None else Utf16Offsets(text)
    sentences = (in_utf16(one, of_text or Utf16Offsets(one.text)) for one in report.sentences)
    return replace(report, offset_unit="utf16", sentences=tuple(sentences))
