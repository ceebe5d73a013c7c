"""A comparison for people at a terminal: the figures, then the sentences that changed."""

from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sayso.comparison.comparison import Change, Comparison, Direction, Row
from sayso.console.messages import counted, printable
from sayso.documents.documents import location
from sayso.engine.report import Sentence
from sayso.reports.wording import label_name, legend, marked, superscript

_WIDEST = 110


def print_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Print a comparison, in colour and as wide as the terminal."""
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDEST)
    colour = console.color_system is not None and not console.no_color
    console.print(legend(comparison.labels, colour=colour))
    console.print()
    for name, side in (("before", comparison.before), ("after", comparison.after)):
        summary = side.report.summary
        size = f"{counted(summary.sentences, 'sentence')}, {counted(summary.words, 'word')}"
        console.print(
            Text(f"{name:<7} {printable(location(side.source))}  ({size})"), soft_wrap=True
        )
    console.print()
    console.print(_figures(comparison))
    if not comparison.versions:
        console.print()
        console.print(NOT_VERSIONS)
        return
    for direction in ("stronger", "weaker"):
        _print_rows(console, comparison, direction, colour=colour)
    alike = sum(not row.changes for row in comparison.rows)
    console.print()
    others = f"{counted(alike, 'other sentence')} {'is' if alike == 1 else 'are'}"
    console.print(Text(f"{others} neither stronger nor weaker.", "dim"))


NOT_VERSIONS = (
    "These texts share hardly a sentence, so they are compared as wholes, not sentence by sentence."
)


def change_text(change: Change) -> str:
    """A label with its score before and after."""
    before, after = (
        "–" if score is None else f"{score:.2f}" for score in (change.before, change.after)
    )
    return f"{label_name(change.label)} {before} → {after}"


def _figures(comparison: Comparison) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("")
    for heading in ("flagged", "marks per 1,000 words", ""):
        table.add_column(heading, justify="right")
    for label in comparison.labels:
        flagged = comparison.flagged(label)
        before, after = comparison.densities(label)
        difference = round(after - before, 1)
        sign = f"{difference:+.1f}".replace("-", "−") if difference else "same"
        table.add_row(
            label_name(label),
            f"{flagged[0]:,} → {flagged[1]:,}",
            f"{before:.1f} → {after:.1f}",
            sign,
        )
    return table


def _print_rows(
    console: Console, comparison: Comparison, direction: Direction, *, colour: bool
) -> None:
    rows = comparison.changed(direction)
    if not rows:
        return
    console.print()
    console.print(Text(direction.capitalize(), "bold"))
    for row in rows:
        changes = [change for change in row.changes if change.direction == direction]
        said = " · ".join(map(change_text, changes)) + _what_became(row)
        console.print()
        console.print(Text(said, "dim"))
        for sign, sentence in (("−", row.before), ("+", row.after)):
            if sentence is not None:
                _print_sentence(console, sign, sentence, colour=colour)


def _what_became(row: Row) -> str:
    if row.before is None:
        return ", added"
    if row.after is None:
        return ", taken out"
    return ", moved" if row.moved else ""


def _print_sentence(console: Console, sign: str, sentence: Sentence, *, colour: bool) -> None:
    text = marked(sentence, colour=colour)
    if not sentence.flags:  # which has its number already
        text.append(superscript(sentence.index + 1))
    for number, line in enumerate(text.wrap(console, console.width - 4)):
        line.rstrip()
        start = f"  {sign} " if number == 0 else "    "
        console.print(Text(start).append_text(line), no_wrap=True, crop=False)
