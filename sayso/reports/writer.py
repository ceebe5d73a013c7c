"""The base of the writers of all formats, and of those that wrap another."""

from collections.abc import Sequence

from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import Report


class Writer:
    """Takes results in the order of the input, and writes each at once; this one writes nothing."""

    def document(self, document: Document, report: Report) -> None:
        """Write a scored document."""

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        """Write scored lines of a file; the report has a sentence for each."""

    def unreadable(self, unreadable: Unreadable) -> None:
        """Keep the place of a document that was not scored."""

    def close(self) -> None:
        """Write the end, after the last result."""
