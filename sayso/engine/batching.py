"""Batches of windows, shared by all callers that ask at the same time.

No batch waits to be filled: a free thread takes what is there. Windows of about the same length go
together, because the shorter ones of a batch are padded to the longest.
"""

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

import numpy as np
from tokenizers import Encoding

from sayso.engine.prediction import Logits
from sayso.engine.runtime import Runtime

BATCH_TOKENS = 512
"""Enough to keep a core busy, few enough to stay in its caches."""
MAX_PADDING = 0.05
"""Share of a batch's tokens that may be padding."""
TOKENS_PER_ROUND = 2048
"""Tokens that are sorted into batches at a time. A new caller waits for one round at most; longer
rounds would be sorted better, but faster by less than one per cent."""


@dataclass(eq=False, slots=True)
class InferenceRequest:
    """The windows of one caller.

    `queued` are the positions of windows that are in no batch yet, the longest window first;
    `logits` has those of each window that is done, and `missing` counts the others.
    """

    windows: Sequence[Encoding]
    queued: list[int]
    logits: list[Logits | None]
    missing: int
    answer: Future[list[Logits | None]]


class QueuedWindow(NamedTuple):
    """A window of a request, at a position in it; `length` counts its tokens."""

    length: int
    request: InferenceRequest
    position: int


class DynamicBatcher:
    """Runs windows on up to `threads` threads; callers may come from any number of threads."""

    def __init__(self, runtime: Runtime, threads: int) -> None:
        self._runtime = runtime
        self._threads = threads
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._pool = ThreadPoolExecutor(self._threads, "sayso-infer")
        self._lock = Lock()
        self._requests: deque[InferenceRequest] = deque()
        self._batches: deque[list[QueuedWindow]] = deque()
        self._working = 0

    def run(self, windows: Sequence[Encoding]) -> list[Logits]:
        """The logits of each window, without padding, in the same order."""
        if not windows:
            return []
        if self._process != os.getpid():  # a fork has none of the pool's threads
            self._start()
        queued = sorted(range(len(windows)), key=lambda position: -len(windows[position]))
        request = InferenceRequest(windows, queued, [None] * len(windows), len(windows), Future())
        with self._lock:
            self._requests.append(request)
            more = min(self._threads - self._working, len(windows))
            self._working += more
        for _ in range(more):
            self._pool.submit(self._work)
        return [logits for logits in request.answer.result() if logits is not None]

    def _work(self) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                self._run(batch)
            except Exception as error:  # raised by the callers
                with self._lock:
                    for request in {window.request for window in batch}:
                        if not request.answer.done():
                            request.answer.set_exception(error)

    def _next_batch(self) -> list[QueuedWindow] | None:
        with self._lock:
            if not self._batches:
                self._batches.extend(make_batches(self._next_windows()))
            if self._batches:
                return self._batches.popleft()
            self._working -= 1
            return None

    def _next_windows(self) -> list[QueuedWindow]:
        """Windows of all requests in turn, so that no request waits for the end of another."""
        windows: list[QueuedWindow] = []
        tokens = 0
        while self._requests and tokens < TOKENS_PER_ROUND:
            request = self._requests.popleft()
            position = request.queued.pop()
            length = len(request.windows[position])
            windows.append(QueuedWindow(length, request, position))
            tokens += length
            if request.queued:
                self._requests.append(request)
        return windows

    def _run(self, batch: Sequence[QueuedWindow]) -> None:
        longest = max(window.length for window in batch)
        ids = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, (length, request, position) in enumerate(batch):
            ids[row, :length] = request.windows[position].ids
            mask[row, :length] = 1
        sentence, kind, token = self._runtime.run(ids, mask)
        for row, (length, request, position) in enumerate(batch):
            request.logits[position] = sentence[row], kind[row], token[row, :length]
        with self._lock:
            for window in batch:
                window.request.missing -= 1
                if not window.request.missing:
                    window.request.answer.set_result(window.request.logits)


def make_batches(windows: Sequence[QueuedWindow]) -> list[list[QueuedWindow]]:
    """Batches of windows of about the same length, within both limits, longest first."""
    batches: list[list[QueuedWindow]] = []
    batch: list[QueuedWindow] = []
    tokens = 0
    for window in sorted(windows, key=lambda window: -window.length):
        padded = (len(batch) + 1) * batch[0].length if batch else window.length
        padding = padded - tokens - window.length
        if batch and (padded > BATCH_TOKENS or padding > MAX_PADDING * padded):
            batches.append(batch)
            batch, tokens = [], 0
        batch.append(window)
        tokens += window.length
    if batch:
        batches.append(batch)
    return batches
