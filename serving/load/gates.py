"""What a run found: figures as a Markdown table, and the gates that have to hold."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

MIB = 1024 * 1024


def progress() -> Progress:
    """A bar on standard error."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


@dataclass
class Gates:
    """Figures and gates of one run."""

    title: str
    rows: list[tuple[str, ...]] = field(default_factory=list)
    required: list[tuple[str, bool]] = field(default_factory=list)
    head: Sequence[str] = ("figure", "value")

    def figure(self, *cells: object) -> None:
        """A row of the table."""
        self.rows.append(tuple(str(cell) for cell in cells))

    def require(self, what: str, holds: bool) -> None:
        """A gate: a condition that has to hold."""
        self.required.append((what, holds))

    def finish(self) -> None:
        """Print all; exit with 1 if a gate does not hold."""
        print(f"## {self.title}\n")
        _table(self.head, self.rows)
        if self.required:
            print()
            _table(
                ("gate", "holds"),
                [(what, "yes" if holds else "NO") for what, holds in self.required],
            )
        sys.stdout.flush()
        sys.exit(0 if all(holds for _, holds in self.required) else 1)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"| {' | '.join(head)} |")
    print(f"|{'|'.join('---' for _ in head)}|")
    for row in rows:
        print(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |")
