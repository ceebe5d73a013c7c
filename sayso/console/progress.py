"""How far a run is: a line on standard error, with the rate and the time that is left."""

import sys
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Self

from sayso.console.messages import print_message

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds before the line appears: most runs are over by then."""
_LARGE_DOCUMENT = 2000
"""Sentences of a document from which on they are counted as they are done."""
_LOG_EVERY = 60.0
"""Seconds between lines where no terminal shows how far a long run is."""


class ProgressLine:
    """Counts what is done; short runs show nothing, and neither do runs that nobody watches.

    Args:
        unit: what is counted.
        total: how many there are, where that is known.
        size: bytes of the whole input, where that is known: what the time left is told from.
        logged: say how far the run is in a file of messages, too, from time to time.
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
        self._began = self._logged_at = monotonic()
        self._watched = sys.stderr.isatty()
        self._logged = logged
        self._shares_terminal = sys.stdout.isatty()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def advance(self, count: int = 1) -> None:
        """So many more documents or lines are done."""
        self._done += count
        self._show(self._text())

    def at(self, position: int) -> None:
        """So many bytes of the input are read and done."""
        self._position = max(self._position, position)

    def skip(self, count: int, position: int) -> None:
        """So many more were done by an earlier run: they say nothing about this one's rate."""
        self._done += count
        self.at(position)
        self._skipped = self._done, self._position
        self._began = monotonic()

    def sentences(self, done: int, total: int) -> None:
        """So many sentences of the document at hand are done."""
        if total >= _LARGE_DOCUMENT:
            self._show(f"{self._text()}, {done:,}/{total:,} sentences of the next")

    def hide(self) -> None:
        """Make way for output on the same terminal."""
        if self._bar is not None and self._shares_terminal:
            self.close()

    def close(self) -> None:
        """Wipe the line."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _text(self) -> str:
        of_all = "" if self._total is None else f"/{self._total:,}"
        seconds = monotonic() - self._began
        parts = [f"{self._done:,}{of_all} {self._unit}"]
        new = self._done - self._skipped[0]
        if new and seconds > 0:
            parts.append(f"{new / seconds:,.1f}/s")
            completed, total = self._share()
            begun = self._skipped[0] if self._total is not None else self._skipped[1]
            if total is not None and completed > begun:
                left = seconds * max(0, total - completed) / (completed - begun)
                parts.append(f"{timedelta(seconds=round(left))} left")
        return ", ".join(parts)

    def _share(self) -> tuple[int, int | None]:
        """How much of how much is done, in documents where their number is known."""
        return (self._position, self._size) if self._total is None else (self._done, self._total)

    def _show(self, text: str) -> None:
        now = monotonic()
        if self._watched and now - self._began >= _PATIENCE:
            completed, total = self._share()
            if self._bar is None:
                if completed == total:
                    return
                self._bar = _progress()
                self._bar.add_task("", completed=completed, total=total, text=text)
                self._bar.start()
            self._bar.update(self._bar.task_ids[0], completed=completed, total=total, text=text)
        elif self._logged and not self._watched and now - self._logged_at >= _LOG_EVERY:
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
        redirect_stdout=False,  # data is no part of the line
    )
