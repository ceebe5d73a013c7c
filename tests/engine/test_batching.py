"""Batches that several callers share."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Semaphore
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.engine import batching
from sayso.engine.batching import (
    BATCH_TOKENS,
    MAX_PADDING,
    TOKENS_PER_ROUND,
    DynamicBatcher,
    QueuedWindow,
    make_batches,
)
from tests.conftest import ROOT


class Echo:
    """A runtime whose logits are its input: of the sentence its first token, of tokens all."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.running = Event()
        self.go = Event()
        self.go.set()

    def run(self, ids: Any, mask: Any) -> Any:
        self.running.set()
        assert self.go.wait(10)
        assert ((ids > 0) == (mask == 1)).all()
        self.shapes.append(ids.shape)
        return ids[:, :1] * 1.0, ids[:, :1] * 2.0, ids[:, :, None] * 1.0


class FakeEncoding:
    """The part of an encoding that a batcher uses."""

    def __init__(self, length: int, value: int) -> None:
        self.ids = [value] * length

    def __len__(self) -> int:
        return len(self.ids)


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.go.set()


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Counts the callers whose windows are queued and who wait for the answer."""
    waiting = Semaphore(0)

    class CountedFuture(Future[Any]):
        def result(self, timeout: float | None = None) -> Any:
            waiting.release()
            return super().result(timeout)

    monkeypatch.setattr(batching, "Future", CountedFuture)
    return waiting


def run(batcher: DynamicBatcher, lengths: list[int], value: int) -> None:
    """Run windows that begin with a value of their own, and check the logits."""
    windows: Any = [FakeEncoding(length, value + place) for place, length in enumerate(lengths)]
    for place, logits in enumerate(batcher.run(windows)):
        sentence, kind, tokens = logits
        assert sentence.tolist() == [value + place]
        assert kind.tolist() == [2 * (value + place)]
        assert tokens.shape == (lengths[place], 1)
        assert (tokens == value + place).all()


@given(st.lists(st.integers(1, 512), max_size=300))
def test_batches_keep_to_their_limits_and_lose_nothing(lengths: list[int]) -> None:
    request: Any = object()
    batches = make_batches(
        [QueuedWindow(length, request, index) for index, length in enumerate(lengths)]
    )
    assert sorted(one.position for batch in batches for one in batch) == [*range(len(lengths))]
    for batch in batches:
        padded = len(batch) * max(length for length, _, _ in batch)
        assert padded <= BATCH_TOKENS or len(batch) == 1
        assert padded - sum(length for length, _, _ in batch) <= MAX_PADDING * padded


@pytest.mark.parametrize("threads", [1, 3])
def test_each_caller_gets_its_own_logits_in_order(echo: Echo, threads: int) -> None:
    batcher = DynamicBatcher(echo, threads)  # type: ignore[arg-type]
    generator = np.random.default_rng(0)
    lengths = [generator.integers(1, 60, generator.integers(0, 200)).tolist() for _ in range(40)]
    with ThreadPoolExecutor(8) as callers:
        list(callers.map(run, [batcher] * 40, lengths, range(1, 40_001, 1000)))


def test_callers_share_batches(echo: Echo, waiting: Semaphore) -> None:
    batcher = DynamicBatcher(echo, 1)  # type: ignore[arg-type]
    echo.go.clear()
    with ThreadPoolExecutor(9) as callers:
        first = callers.submit(run, batcher, [20], 1)
        assert echo.running.wait(10)
        others = [callers.submit(run, batcher, [20], number) for number in range(10, 18)]
        for _ in range(9):
            assert waiting.acquire(timeout=10)
        echo.go.set()
        for caller in (first, *others):
            caller.result()
    assert echo.shapes == [(1, 20), (8, 20)]


def test_a_short_text_does_not_wait_for_the_end_of_a_long_one(
    echo: Echo, waiting: Semaphore
) -> None:
    batcher = DynamicBatcher(echo, 1)  # type: ignore[arg-type]
    echo.go.clear()
    with ThreadPoolExecutor(2) as callers:
        long = callers.submit(run, batcher, [30] * 1000, 1)
        assert echo.running.wait(10)
        short = callers.submit(run, batcher, [5], 5000)
        for _ in range(2):
            assert waiting.acquire(timeout=10)
        echo.go.set()
        short.result()
        long.result()
    before = echo.shapes[: echo.shapes.index((1, 5))]
    # The current round and the one that has it; each ends with the window that fills it.
    assert sum(rows * tokens for rows, tokens in before) <= 2 * (TOKENS_PER_ROUND + 30)
    assert sum(rows * tokens for rows, tokens in echo.shapes) == 30 * 1000 + 5


def test_an_error_reaches_its_caller_and_others_go_on(echo: Echo) -> None:
    batcher = DynamicBatcher(echo, 2)  # type: ignore[arg-type]

    def fail(ids: Any, mask: Any) -> Any:
        if (ids == 666).any():
            raise MemoryError("no more")
        return Echo.run(echo, ids, mask)

    echo.run = fail  # type: ignore[method-assign]
    with pytest.raises(MemoryError, match="no more"):
        run(batcher, [3, 40, 200], 664)
    run(batcher, [3, 40, 200], 1)


def test_a_fork_can_score() -> None:
    script = """
import os, signal, sayso
sayso.score("It may rain.")
child = os.fork()
if child == 0:
    signal.alarm(60)
    os._exit(0 if sayso.score("It could snow.").sentences[0].flags else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_no_windows_need_no_batch(echo: Echo) -> None:
    assert DynamicBatcher(echo, 1).run([]) == []  # type: ignore[arg-type]
    assert not echo.shapes
