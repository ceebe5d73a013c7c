"""Progress of a run: a line on standard error, with the rate and the time left."""

import sys
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Self

from sayso.console.messages import print_message

if TYPE_CHECKING:
    from rich.progress import Progress

SECONDS_BEFORE_SHOWN = 1.0
"""Seconds before the line appears; most runs end earlier."""
_MANY_SENTENCES = 2000
"""Sentences of a document from which on they are counted one by one."""
_SECONDS_BETWEEN_MESSAGES = 60.0
"""Seconds between messages of a long run without a terminal."""


class ProgressLine:
    """Counts what is done and shows it on a terminal, if the run is not short.

    Args:
        unit: what is counted.
        total: the number of units, if known.
        size: bytes of the whole input, if known; the time left is estimated from them.
        logged: without a terminal, print a message now and then instead.
    """

    def __init__(
        self,
        unit: str,
        total: int | None = None,
        *,
        size: int | None = None,
        logged: bool = False,
    ) -> None:
        self._unit = unit
        self._total = total
        self._size = size
        self._done = 0
        self._position = 0
        self._skipped = (0, 0)
        self._started = self._logged_at = monotonic()
        self._on_terminal = sys.stderr.isatty()
        self._logged = logged
        self._shares_terminal = sys.stdout.isatty()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def advance(self, count: int = 1) -> None:
        """Count more documents or lines as done."""
        self._done += count
        self._show(self._text())

    def set_position(self, position: int) -> None:
        """Set how many bytes of the input are done."""
        self._position = max(self._position, position)

    def skip(self, count: int, position: int) -> None:
        """Count what an earlier run has done; the rate is this run's only."""
        self._done += count
        self.set_position(position)
        self._skipped = self._done, self._position
        self._started = monotonic()

    def show_sentences(self, done: int, total: int) -> None:
        """Show how many sentences of the current document are done, if it has many."""
        if total >= _MANY_SENTENCES:
            self._show(f"{self._text()}, {done:,}/{total:,} sentences of the next")

    def hide(self) -> None:
        """Remove the line before output on the same terminal."""
        if self._bar is not None and self._shares_terminal:
            self.close()

    def close(self) -> None:
        """Remove the line."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _text(self) -> str:
        of_total = "" if self._total is None else f"/{self._total:,}"
        seconds = monotonic() - self._started
        parts = [f"{self._done:,}{of_total} {self._unit}"]
        new = self._done - self._skipped[0]
        if new and seconds > 0:
            parts.append(f"{new / seconds:,.1f}/s")
            completed, total = self._share()
            skipped = self._skipped[0] if self._total is not None else self._skipped[1]
            if total is not None and completed > skipped:
                left = seconds * max(0, total - completed) / (completed - skipped)
                parts.append(f"{timedelta(seconds=round(left))} left")
        return ", ".join(parts)

    def _share(self) -> tuple[int, int | None]:
        """How much is done, and the total: in documents if their number is known, else in bytes."""
        return (self._position, self._size) if self._total is None else (self._done, self._total)

    def _show(self, text: str) -> None:
        now = monotonic()
        if self._on_terminal and now - self._started >= SECONDS_BEFORE_SHOWN:
            completed, total = self._share()
            if self._bar is None:
                if completed == total:
                    return
                self._bar = _progress()
                self._bar.add_task("", completed=completed, total=total, text=text)
                self._bar.start()
            self._bar.update(self._bar.task_ids[0], completed=completed, total=total, text=text)
        elif (
            self._logged
            and not self._on_terminal
            and now - self._logged_at >= _SECONDS_BETWEEN_MESSAGES
        ):
            self._logged_at = now
            print_message(text)


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        BarColumn(),
        TextColumn("{task.fields[text]}"),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # output is not shown above the line
    )
