"""`pretty`: an article in the terminal, with its marks, notes and figures.

With colour, evidence is painted as with a highlighter; underline and bold keep the labels apart for
readers who see no difference of colours. Without colour, evidence is in brackets with the label's
letter: [could]ᴴ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TextIO

from rich.console import Console
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from sayso.console.messages import printable, warning_text
from sayso.documents.documents import Document, location
from sayso.documents.lines import Line
from sayso.engine.report import Report, Sentence
from sayso.labels import HEDGING, LABEL_INFO, UNVERIFIED_ATTRIBUTION
from sayso.reports.totals import Totals
from sayso.reports.wording import (
    FIGURE_HEADINGS,
    Paragraph,
    details,
    figure_rows,
    flagged_from,
    kind_counts,
    paragraphs,
    segments,
    size,
)
from sayso.reports.writer import Writer

_MIN_WIDTH_FOR_MARGIN = 108
"""Columns from which on notes are in a margin beside the article, not below its paragraphs."""
_MARGIN = 42
_GAP = 2
_MAX_WIDTH = 132
"""Longer lines are hard to read, however wide the terminal is."""

_STYLES = {
    label: Style(
        color="black",
        bgcolor=info.dark.line,
        underline=label == HEDGING or None,
        bold=label == UNVERIFIED_ATTRIBUTION or None,
    )
    for label, info in LABEL_INFO.items()
}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def open_console(stream: TextIO, max_width: int = _MAX_WIDTH) -> Console:
    """A console that prints text as it is; as wide as the terminal, up to `max_width` columns."""
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, max_width)
    return console


def has_colour(console: Console) -> bool:
    """Whether a console shows colours."""
    return console.color_system is not None and not console.no_color


def superscript(number: int) -> str:
    """The number as it is shown at a sentence's end."""
    return str(number).translate(_SUPERSCRIPTS)


def legend(labels: Sequence[str], *, colour: bool) -> Text:
    """A line that shows the mark of each label."""
    text = Text()
    for label in labels:
        info = LABEL_INFO[label]
        text.append("  " if text else "")
        if colour:
            text.append(f" {info.name} ", _STYLES[label])
        else:
            text.append(f"[…]{info.letter} {info.name}")
    return text.append(f"  {superscript(1)} sentence 1", "dim")


def marked(sentence: Sentence, *, colour: bool) -> Text:
    """A sentence with its evidence marked, and its number where it is flagged."""
    text = Text()
    for words, evidence in segments(sentence):
        labels = list(dict.fromkeys(found.label for found in evidence))
        shown = printable(words)
        if not labels:
            text.append(shown)
        elif colour:
            text.append(shown, Style.combine(_STYLES[label] for label in labels))
        else:
            text.append(f"[{shown}]{''.join(LABEL_INFO[label].letter for label in labels)}")
    if sentence.flags:
        text.append(superscript(sentence.index + 1), "bold")
    return text


def wrapped(text: Text, console: Console, width: int) -> list[Text]:
    """The lines of a text, without white space at their ends."""
    lines = list(text.wrap(console, width))
    for line in lines:
        line.rstrip()
    return lines


def table(*headings: str) -> Table:
    """A table of figures: the first column holds names."""
    plain = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for number, heading in enumerate(headings):
        plain.add_column(heading, justify="right" if number else "left")
    return plain


class PrettyWriter(Writer):
    """Prints reports for people; with colour and to the width that the terminal has.

    `COLUMNS`, `NO_COLOR` and `FORCE_COLOR` do what they do in every program made with rich.
    """

    def __init__(self, stream: TextIO, *, several: bool) -> None:
        self._console = open_console(stream)
        self._colour = has_colour(self._console)
        self._several = several
        self._total = Totals()
        self._lines_before = 0

    def document(self, document: Document, report: Report) -> None:
        self._begin(report)
        if self._several:
            self._rule(location(document.source, document.line))
        for paragraph in paragraphs(document.text, report.sentences):
            self._show(paragraph)
        self._console.print()
        self._summarize(report)
        self._console.print()
        self._total.add(report)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._begin(report)
        first = self._lines_before
        numbered = [
            replace(sentence, index=first + sentence.index) for sentence in report.sentences
        ]
        for sentence in numbered:
            self._show(Paragraph([("", sentence)], apart=False))
        self._lines_before += len(lines)
        most_marked = tuple(first + index for index in report.summary.most_marked)
        summary = replace(report.summary, most_marked=most_marked)
        self._total.add(replace(report, sentences=tuple(numbered), summary=summary))

    def close(self) -> None:
        total = self._total.report()
        if total is not None and self._lines_before:
            self._console.print()
            self._summarize(total)
        elif total is not None and self._total.documents > 1:
            self._rule(f"all {self._total.documents:,} documents")
            self._summarize(replace(total, sentences=()))

    def _begin(self, report: Report) -> None:
        if not self._total.documents:
            self._print_wrapped(legend(list(report.thresholds), colour=self._colour))
            self._console.print()

    def _rule(self, title: str) -> None:
        self._console.print(Rule(Text(printable(title), "bold"), style="dim"))
        self._console.print()

    def _summarize(self, report: Report) -> None:
        for part in _summary(report):
            if isinstance(part, Text):
                self._print_wrapped(part)
            else:
                self._console.print(part)

    def _show(self, paragraph: Paragraph) -> None:
        if paragraph.apart:
            self._console.print()
        shown = Text()
        for space, sentence in paragraph.sentences:
            shown.append(space).append_text(marked(sentence, colour=self._colour))
        flagged = [sentence for _, sentence in paragraph.sentences if sentence.flags]
        width = self._console.width
        if width < _MIN_WIDTH_FOR_MARGIN:
            self._print_wrapped(shown)
            for sentence in flagged:
                self._print_wrapped(_note(sentence, " · "), indent=4)
            return
        column = width - _MARGIN - _GAP
        notes = [
            line
            for sentence in flagged
            for line in wrapped(_note(sentence, "\n  "), self._console, _MARGIN)
        ]
        for line, note in zip_longest(wrapped(shown, self._console, column), notes):
            self._print_line(_beside(line, note, column + _GAP))

    def _print_wrapped(self, text: Text, indent: int = 0) -> None:
        for line in wrapped(text, self._console, self._console.width - indent):
            line.pad_left(indent)
            self._print_line(line)

    def _print_line(self, line: Text) -> None:
        self._console.print(line, no_wrap=True, crop=False)


def _beside(line: Text | None, note: Text | None, column: int) -> Text:
    """A line of the article with one of the margin, which begins at `column`."""
    whole = Text() if line is None else line
    if note is not None:
        whole.pad_right(column - whole.cell_len)
        whole.append_text(note)
    return whole


def _note(sentence: Sentence, between: str) -> Text:
    flags = between.join(details(sentence, label) for label in sentence.flags)
    return Text(f"{superscript(sentence.index + 1)} {flags}", "dim")


def _summary(report: Report) -> Iterator[Text | Table]:
    """The figures below an article, and those of its most marked sentences that it has."""
    figures = table(size(report.summary), *FIGURE_HEADINGS)
    for label, *cells in figure_rows(report.summary):
        figures.add_row(LABEL_INFO[label].name, *cells)
    yield figures
    if report.summary.kinds:
        yield Text()
        kinds = kind_counts(report.summary.kinds)
        yield Text.assemble(("Unverified attributions by kind  ", "bold"), kinds)
    by_index = {sentence.index: sentence for sentence in report.sentences}
    most_marked = [by_index[index] for index in report.summary.most_marked if index in by_index]
    if most_marked:
        yield Text()
        yield Text("Most marked", "bold")
        numbers = [superscript(sentence.index + 1) for sentence in most_marked]
        width = max(map(len, numbers))
        for number, sentence in zip(numbers, most_marked, strict=True):
            line = Text(f"  {number:>{width}} ", no_wrap=True, overflow="ellipsis")
            yield line.append(printable(sentence.text))
    if report.warnings:
        yield Text()
        for warning in report.warnings:
            yield Text(f"Warning: {warning_text(warning)}", "bold")
    yield Text()
    yield Text(f"{printable(report.model)}; {flagged_from(report.thresholds)}", "dim")
