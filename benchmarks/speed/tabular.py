"""Tables, for a terminal and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

import rich.table
from rich.console import Console
from rich.measure import Measurement


@dataclass(frozen=True)
class Table:
    """Rows of text under a head; `name` is what a document calls the table by."""

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def show(self) -> None:
        """Print it for people."""
        table = rich.table.Table(title=self.title)
        for number, name in enumerate(self.head):
            table.add_column(name, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row)
        console = Console()
        unbounded = console.options.update(width=1000)
        needed = Measurement.get(console, unbounded, table).maximum
        # A file or a pipe counts as 80 columns; a figure that is cut short is worth nothing.
        Console(width=max(console.width, needed)).print(table)

    def markdown(self) -> str:
        """The table alone, without its title."""
        under = ["---", *("--:" for _ in self.head[1:])]
        lines = [self.head, under, *self.rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def cell(spread: dict[str, float], digits: int = 1) -> str:
    """The median, and the least and the most."""
    few, many = (f"{spread[key]:,.{digits}f}" for key in ("min", "max"))
    return f"{spread['median']:,.{digits}f} ({few} to {many})"
