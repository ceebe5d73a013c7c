"""How far a run is: a line on standard error, where that is a terminal and the run takes long."""

import sys
from time import monotonic
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds before the line appears: most runs are over by then."""
_LARGE_DOCUMENT = 2000
"""Sentences of a document from which on they are counted as they are done."""


class ProgressLine:
    """Counts what is done; shows nothing where nobody would see it."""

    def __init__(self, unit: str, total: int | None = None) -> None:
        self._unit = unit
        self._total = total
        self._done = 0
        self._began = monotonic()
        self._wanted = sys.stderr.isatty()
        self._shares_terminal = sys.stdout.isatty()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def advance(self, count: int = 1) -> None:
        """So many more documents or lines are done."""
        self._done += count
        self._show(self._unit, self._done, self._total)

    def sentences(self, done: int, total: int) -> None:
        """So many sentences of the document at hand are done."""
        if total >= _LARGE_DOCUMENT:
            self._show("sentences", done, total)

    def hide(self) -> None:
        """Make way for output on the same terminal."""
        if self._bar is not None and self._shares_terminal:
            self.close()

    def close(self) -> None:
        """Wipe the line."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _show(self, unit: str, done: int, total: int | None) -> None:
        if not self._wanted or monotonic() - self._began < _PATIENCE:
            return
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total, unit=unit)
        elif done != total:
            self._bar = _progress()
            self._bar.add_task("", completed=done, total=total, unit=unit)
            self._bar.tasks[0].start_time = self._began
            self._bar.start()


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # data is no part of the line
    )
