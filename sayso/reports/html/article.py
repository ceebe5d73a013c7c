"""`--format html`: the articles with their marks, findings and figures, in one page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TextIO

from sayso.documents.documents import Document, Unreadable, location
from sayso.documents.lines import Line
from sayso.engine.report import Report
from sayso.labels import LABELS
from sayso.reports.html.rendering import render
from sayso.reports.totals import Totals
from sayso.reports.wording import flagged_from, paragraphs
from sayso.reports.writer import Writer


class HtmlWriter(Writer):
    """Writes a page while reports arrive; the figures of all documents are at its end.

    `title`: of the page; a document of this name needs no other heading.
    """

    def __init__(self, stream: TextIO, title: str) -> None:
        self._stream = stream
        self._title = title
        self._begun = False
        self._total = Totals()
        self._lines = 0

    def document(self, document: Document, report: Report) -> None:
        self._begin(report)
        self._total.add(report)
        self._write(
            "article.html",
            name=location(document.source, document.line),
            title=self._title,
            prefix=f"d{self._total.documents}",
            report=report,
            paragraphs=paragraphs(document.text, report.sentences),
        )

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._begin(report)
        for line, sentence in zip(lines, report.sentences, strict=True):
            if line.error is not None:
                self.unreadable(line.unreadable(source))
                continue
            self._write("line.html", sentence=replace(sentence, index=self._lines))
            self._lines += 1
        self._total.add(report)

    def unreadable(self, unreadable: Unreadable) -> None:
        self._begin(None)
        self._write("problem.html", problem=unreadable)

    def close(self) -> None:
        self._begin(None)
        total = self._total.report()
        notes = [f"{total.model}; {flagged_from(total.thresholds)}"] if total else []
        if self._lines or self._total.documents > 1:
            what = "lines" if self._lines else f"{self._total.documents:,} documents"
            self._write("total.html", what=what, summary=self._total.summary())
        self._write("foot.html", notes=notes)

    def _begin(self, report: Report | None) -> None:
        if not self._begun:
            labels = LABELS if report is None else tuple(report.thresholds)
            self._write("head.html", title=self._title, labels=labels)
            self._begun = True

    def _write(self, template: str, **values: Any) -> None:
        self._stream.write(render(template, **values))
