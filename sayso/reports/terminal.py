"""`pretty`: a report as an editor likes to read it, the article with its marks and notes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TextIO

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from sayso.console.messages import printable
from sayso.documents.documents import Document, Unreadable, location
from sayso.documents.lines import Line
from sayso.engine.report import Report, Sentence
from sayso.reports.paragraphs import Paragraph, paragraphs
from sayso.reports.terminal_summary import summary_of
from sayso.reports.totals import Totals
from sayso.reports.wording import label_name, legend, marked, superscript

_MARGIN_FROM = 108
"""Columns from which on notes stand in a margin beside the article, not below its paragraphs."""
_MARGIN = 42
_GAP = 2
_WIDEST = 132
"""Longer lines are hard to read, however wide the terminal is."""
_LABEL_WITH_KINDS = "unverified_attribution"


class PrettyWriter:
    """Prints reports for people; with colour and to the width that the terminal has.

    `COLUMNS`, `NO_COLOR` and `FORCE_COLOR` do what they do in every program made with rich.
    """

    def __init__(self, stream: TextIO, *, several: bool) -> None:
        console = Console(file=stream, highlight=False, markup=False, emoji=False)
        console.width = min(console.width, _WIDEST)
        self._console = console
        self._colour = console.color_system is not None and not console.no_color
        self._several = several
        self._total = Totals()
        self._last: Report | None = None
        self._lines_before = 0

    def document(self, document: Document, report: Report) -> None:
        self._begin(report)
        if self._several:
            self._rule(location(document.source, document.line))
        for paragraph in paragraphs(document.text, report.sentences):
            self._show(paragraph)
        self._console.print()
        self._summarize(report, report.sentences)
        self._console.print()
        self._total.add(report)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._begin(report)
        first = self._lines_before
        numbered = [replace(one, index=first + one.index) for one in report.sentences]
        for sentence in numbered:
            self._show(Paragraph([("", sentence)], apart=False))
        self._lines_before += len(lines)
        most_marked = tuple(first + index for index in report.summary.most_marked)
        summary = replace(report.summary, most_marked=most_marked)
        self._total.add(replace(report, sentences=tuple(numbered), summary=summary))

    def unreadable(self, unreadable: Unreadable) -> None:
        """The message on standard error says it all."""

    def close(self) -> None:
        if self._last is None:
            return
        total = replace(
            self._last,
            summary=self._total.summary(),
            thresholds=self._total.thresholds,
            warnings=(),
        )
        if self._lines_before:
            self._console.print()
            self._summarize(total, list(self._total.marked.values()))
        elif self._total.documents > 1:
            self._rule(f"all {self._total.documents:,} documents")
            self._summarize(total, ())

    def _begin(self, report: Report) -> None:
        if self._last is None:
            line = legend(list(report.thresholds), colour=self._colour)
            self._print(self._wrapped(line, self._console.width))
            self._console.print()
        self._last = report

    def _rule(self, title: str) -> None:
        self._console.print(Rule(Text(printable(title), "bold"), style="dim"))
        self._console.print()

    def _summarize(self, report: Report, sentences: Sequence[Sentence]) -> None:
        for part in summary_of(report, sentences):
            if isinstance(part, Text):
                self._print(self._wrapped(part, self._console.width))
            else:
                self._console.print(part)

    def _show(self, paragraph: Paragraph) -> None:
        if paragraph.apart:
            self._console.print()
        shown = Text()
        for space, sentence in paragraph.sentences:
            shown.append(space).append_text(marked(sentence, colour=self._colour))
        notes = [sentence for _, sentence in paragraph.sentences if sentence.flags]
        width = self._console.width
        if width < _MARGIN_FROM:
            self._print(self._wrapped(shown, width))
            for one in notes:
                self._print(self._wrapped(_note(one, " · "), width - 4), indent=4)
            return
        column = width - _MARGIN - _GAP
        margin = [line for one in notes for line in self._wrapped(_note(one, "\n  "), _MARGIN)]
        rows = zip_longest(self._wrapped(shown, column), margin)
        self._print([_beside(line, note, column + _GAP) for line, note in rows])

    def _wrapped(self, text: Text, width: int) -> list[Text]:
        lines = list(text.wrap(self._console, width))
        for line in lines:
            line.rstrip()
        return lines

    def _print(self, lines: Sequence[Text], indent: int = 0) -> None:
        for line in lines:
            line.pad_left(indent)
            self._console.print(line, no_wrap=True, crop=False)


def _beside(line: Text | None, note: Text | None, column: int) -> Text:
    """A line of the article with one of the margin, which begins at `column`."""
    whole = Text() if line is None else line
    if note is not None:
        whole.pad_right(column - whole.cell_len)
        whole.append_text(note)
    return whole


def _note(sentence: Sentence, between: str) -> Text:
    """What a sentence is flagged for, with its scores."""
    notes = []
    for label in sentence.flags:
        score = (sentence.scores or {})[label]
        details = [f"{label_name(label)} {score:.2f}"]
        if label == _LABEL_WITH_KINDS and sentence.kind:
            details.append(label_name(sentence.kind))
        spans = [found for found in sentence.evidence if found.label == label]
        if spans and all(found.quoted for found in spans):
            details.append("quoted")
        notes.append(", ".join(details))
    return Text(f"{superscript(sentence.index + 1)} {between.join(notes)}", "dim")
