"""`--format html`: the articles with their marks, findings and figures, in one page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from sayso.console.messages import warning_text
from sayso.documents.documents import Document, Unreadable, location
from sayso.documents.lines import Line
from sayso.engine.report import Report
from sayso.labels import LABELS
from sayso.reports.html.figures import summary_table
from sayso.reports.html.highlighted import findings, marked, note
from sayso.reports.html.layout import foot, head, heading, text
from sayso.reports.paragraphs import Paragraph, paragraphs
from sayso.reports.totals import Totals
from sayso.reports.wording import flagged_from


class HtmlWriter:
    """Writes a page as the reports come; the figures of all documents stand at its end.

    `title`: of the page; a document of this name needs no other heading.
    """

    def __init__(self, stream: TextIO, title: str) -> None:
        self._stream = stream
        self._title = title
        self._begun = False
        self._total = Totals()
        self._last: Report | None = None
        self._lines = 0

    def document(self, document: Document, report: Report) -> None:
        self._begin(report)
        self._total.add(report)
        prefix = f"d{self._total.documents}"
        name = location(document.source, document.line)
        lines = paragraphs(document.text, report.sentences)
        parts = [
            f'<article id="{prefix}">\n',
            *([] if name == self._title else [f"<h2>{heading(name)}</h2>\n"]),
            *(f'<p class="problem">{text(warning_text(one))}</p>\n' for one in report.warnings),
            summary_table(report.summary, report.sentences),
            *(_paragraph(line, prefix) for line in lines if line.sentences),
        ]
        if found := findings(report.sentences, prefix):
            parts += ["<h3>Findings</h3>\n", found]
        self._stream.write("".join([*parts, "</article>\n"]))

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._begin(report)
        for line, sentence in zip(lines, report.sentences, strict=True):
            if line.error is not None:
                self.unreadable(Unreadable(source, line.number, line.error))
                continue
            self._lines += 1
            numbered = replace(sentence, index=self._lines - 1)
            self._stream.write(_paragraph(Paragraph([("", numbered)], apart=False), ""))
        self._total.add(report)

    def unreadable(self, unreadable: Unreadable) -> None:
        self._begin(None)
        self._stream.write(f'<p class="problem">{text(unreadable)}</p>\n')

    def close(self) -> None:
        self._begin(None)
        notes = []
        if self._last is not None:
            notes.append(f"{self._last.model}; {flagged_from(self._total.thresholds)}")
        if self._lines or self._total.documents > 1:
            what = "lines" if self._lines else f"{self._total.documents:,} documents"
            summary = summary_table(self._total.summary())
            self._stream.write(f'<section id="all"><h2>All {what}</h2>\n{summary}</section>\n')
        self._stream.write(foot(*notes))

    def _begin(self, report: Report | None) -> None:
        if not self._begun:
            labels = LABELS if report is None else tuple(report.thresholds)
            self._stream.write(head(self._title, labels))
            self._begun = True
        self._last = report or self._last


def _paragraph(paragraph: Paragraph, prefix: str) -> str:
    parts = []
    for space, one in paragraph.sentences:
        shown = marked(one)
        number = one.index + 1
        if one.flags:
            link = f'<a href="#{prefix}f{number}">{number}</a>' if prefix else str(number)
            shown = f'{note(one)}<span id="{prefix}s{number}">{shown}<sup>{link}</sup></span>'
        parts.append(space + shown)
    return f"<p>{''.join(parts)}</p>\n"
