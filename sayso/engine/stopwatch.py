"""Where the time of a text goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Stopwatch:
    """Seconds by part of the work, in `seconds`: `split`, `tokenise`, `infer`, and what a caller
    adds. A part that is entered again goes on counting.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time inside the block to a part."""
        start = perf_counter()
        try:
            yield
        finally:
            self.add(name, perf_counter() - start)

    def add(self, name: str, seconds: float) -> None:
        """Count some seconds to a part."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
