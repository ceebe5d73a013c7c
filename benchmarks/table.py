"""Tables of results, for a terminal and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

import rich.table
from rich.console import Console
from rich.measure import Measurement

from benchmarks.timing import Spread


@dataclass(frozen=True)
class ResultTable:
    """Rows of text below a head; `name` is the name of its section in a document."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    name: str = ""
    caption: str | None = None

    def show(self) -> None:
        """Print it to a terminal."""
        table = rich.table.Table(title=self.title, caption=self.caption)
        for number, name in enumerate(self.head):
            table.add_column(name, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row)
        console = Console()
        unbounded = console.options.update(width=1000)
        needed = Measurement.get(console, unbounded, table).maximum
        # A file or a pipe counts as 80 columns; a truncated figure would be useless.
        Console(width=max(console.width, needed)).print(table)

    def markdown(self) -> str:
        """The table as Markdown, without its title."""
        under = ["---", *("--:" for _ in self.head[1:])]
        lines = [self.head, under, *self.rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def format_spread(spread: Spread, digits: int = 1) -> str:
    """The median, with the minimum and the maximum in brackets."""
    least, most = (f"{spread[key]:,.{digits}f}" for key in ("min", "max"))
    return f"{spread['median']:,.{digits}f} ({least} to {most})"
