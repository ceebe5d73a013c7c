"""Greedy batches: whoever asks for readings shares batches with whoever else asks just then.

Nothing waits for company: a free thread takes what is there. Sentences of about the same length
are read together, since the shorter ones in a batch are padded to the longest.
"""

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock

import numpy as np
from tokenizers import Encoding

from sayso.engine.prediction import Logits
from sayso.engine.runtime import Runtime

BATCH_TOKENS = 512
"""Enough to keep a core busy, few enough to stay in its caches."""
MOST_PADDING = 0.05
"""Share of a batch's tokens that may be padding."""
SWEEP_TOKENS = 2048
"""What is batched at a time. Who comes later waits for so much and no more; more would be sorted
better, but no faster by as much as one per cent."""


@dataclass(eq=False)
class _Asked:
    """What one caller asked for: windows, longest first, and what was read of them."""

    windows: Sequence[Encoding]
    left: list[int]
    """Places of windows that are in no batch yet, the longest first."""
    logits: list[Logits | None]
    missing: int
    done: Event = field(default_factory=Event)
    error: Exception | None = None


_Window = tuple[int, _Asked, int]
"""Its length, who asked, and its place there."""


class Batches:
    """Reads windows on up to `threads` threads; callers may come from any number of threads."""

    def __init__(self, runtime: Runtime, threads: int) -> None:
        self._runtime = runtime
        self._threads = threads
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._pool = ThreadPoolExecutor(self._threads, "sayso-read")
        self._lock = Lock()
        self._asked: deque[_Asked] = deque()
        self._ready: deque[list[_Window]] = deque()
        self._working = 0

    def read(self, windows: Sequence[Encoding]) -> list[Logits]:
        """The logits of each window, without padding, in the same order."""
        if not windows:
            return []
        if self._process != os.getpid():  # a fork has no threads but the one that made it
            self._begin()
        left = sorted(range(len(windows)), key=lambda place: -len(windows[place]))
        asked = _Asked(windows, left, [None] * len(windows), len(windows))
        with self._lock:
            self._asked.append(asked)
            more = min(self._threads - self._working, len(windows))
            self._working += more
        for _ in range(more):
            self._pool.submit(self._work)
        asked.done.wait()
        if asked.error is not None:
            raise asked.error
        return [logits for logits in asked.logits if logits is not None]

    def _work(self) -> None:
        while (batch := self._next()) is not None:
            try:
                self._read(batch)
            except Exception as error:  # the callers raise it
                for _, asked, _ in batch:
                    asked.error = error
                    asked.done.set()

    def _next(self) -> list[_Window] | None:
        with self._lock:
            if not self._ready:
                self._ready.extend(batches(self._sweep()))
            if self._ready:
                return self._ready.popleft()
            self._working -= 1
            return None

    def _sweep(self) -> list[_Window]:
        """Windows of all who asked, in turn, so that nobody waits for another's last one."""
        windows: list[_Window] = []
        tokens = 0
        while self._asked and tokens < SWEEP_TOKENS:
            asked = self._asked.popleft()
            place = asked.left.pop()
            length = len(asked.windows[place])
            windows.append((length, asked, place))
            tokens += length
            if asked.left:
                self._asked.append(asked)
        return windows

    def _read(self, batch: Sequence[_Window]) -> None:
        longest = max(length for length, _, _ in batch)
        ids = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, (length, asked, place) in enumerate(batch):
            ids[row, :length] = asked.windows[place].ids
            mask[row, :length] = 1
        sentence, kind, token = self._runtime.run(ids, mask)
        for row, (length, asked, place) in enumerate(batch):
            asked.logits[place] = sentence[row], kind[row], token[row, :length]
        with self._lock:
            for _, asked, _ in batch:
                asked.missing -= 1
                if not asked.missing:
                    asked.done.set()


def batches(windows: Sequence[_Window]) -> list[list[_Window]]:
    """Windows in batches of about the same length that keep to both limits, longest first."""
    made: list[list[_Window]] = []
    batch: list[_Window] = []
    tokens = 0
    for window in sorted(windows, key=lambda one: -one[0]):
        length = window[0]
        padded = (len(batch) + 1) * batch[0][0] if batch else length
        if batch and (padded > BATCH_TOKENS or padded - tokens - length > MOST_PADDING * padded):
            made.append(batch)
            batch, tokens = [], 0
        batch.append(window)
        tokens += length
    if batch:
        made.append(batch)
    return made
