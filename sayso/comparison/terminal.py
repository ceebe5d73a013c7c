"""A comparison for people at a terminal: the figures, then the sentences that changed."""

from typing import TextIO

from rich.console import Console
from rich.text import Text

from sayso.comparison.comparison import NOT_VERSIONS, Comparison, Direction
from sayso.console.messages import counted, printable
from sayso.documents.documents import location
from sayso.engine.report import Sentence
from sayso.labels import LABEL_INFO
from sayso.reports.terminal import (
    has_colour,
    legend,
    marked,
    open_console,
    superscript,
    table,
    wrapped,
)
from sayso.reports.wording import size

_MAX_WIDTH = 110


def print_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Print a comparison, in colour and as wide as the terminal."""
    console = open_console(stream, _MAX_WIDTH)
    console.print(legend(comparison.labels, colour=has_colour(console)))
    console.print()
    for name, text in (("before", comparison.before), ("after", comparison.after)):
        source = f"{printable(location(text.source))}  ({size(text.report.summary)})"
        console.print(Text(f"{name:<7} {source}"), soft_wrap=True)
    console.print()
    figures = table("", "flagged", "marks per 1,000 words", "")
    for row in comparison.figure_rows():
        figures.add_row(LABEL_INFO[row.label].name, row.flagged, row.density, row.change)
    console.print(figures)
    if not comparison.are_versions:
        console.print()
        console.print(NOT_VERSIONS)
        return
    _print_rows(console, comparison, "stronger")
    _print_rows(console, comparison, "weaker")
    alike = sum(not row.changes for row in comparison.rows)
    console.print()
    others = f"{counted(alike, 'other sentence')} {'is' if alike == 1 else 'are'}"
    console.print(Text(f"{others} neither stronger nor weaker.", "dim"))


def _print_rows(console: Console, comparison: Comparison, direction: Direction) -> None:
    rows = comparison.changed(direction)
    if not rows:
        return
    console.print()
    console.print(Text(direction.capitalize(), "bold"))
    for row in rows:
        changes = [change.text for change in row.changes if change.direction == direction]
        console.print()
        console.print(Text(" · ".join(changes) + (row.status and f", {row.status}"), "dim"))
        for sign, sentence in (("−", row.before), ("+", row.after)):
            if sentence is not None:
                _print_sentence(console, sign, sentence)


def _print_sentence(console: Console, sign: str, sentence: Sentence) -> None:
    text = marked(sentence, colour=has_colour(console))
    if not sentence.flags:  # otherwise the number is there already
        text.append(superscript(sentence.index + 1))
    for number, line in enumerate(wrapped(text, console, console.width - 4)):
        start = f"  {sign} " if number == 0 else "    "
        console.print(Text(start).append_text(line), no_wrap=True, crop=False)
