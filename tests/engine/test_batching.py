"""Batches that several callers share."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.engine.batching import BATCH_TOKENS, MOST_PADDING, SWEEP_TOKENS, Batches, batches
from tests.conftest import ROOT


class Echo:
    """A network whose logits are its input: of the sentence its first piece, of pieces all."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.go = Event()
        self.go.set()

    def run(self, ids: Any, mask: Any) -> Any:
        assert self.go.wait(10)
        assert ((ids > 0) == (mask == 1)).all()
        self.shapes.append(ids.shape)
        return ids[:, :1] * 1.0, ids[:, :1] * 2.0, ids[:, :, None] * 1.0


class Window:
    """As much of an encoding as batches look at."""

    def __init__(self, length: int, value: int) -> None:
        self.ids = [value] * length

    def __len__(self) -> int:
        return len(self.ids)


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.go.set()


def read(shared: Batches, lengths: list[int], value: int) -> None:
    """Ask for windows that begin with a value of their own, and hold what comes back."""
    windows: Any = [Window(length, value + place) for place, length in enumerate(lengths)]
    for place, logits in enumerate(shared.read(windows)):
        sentence, kind, pieces = logits
        assert sentence.tolist() == [value + place]
        assert kind.tolist() == [2 * (value + place)]
        assert pieces.shape == (lengths[place], 1)
        assert (pieces == value + place).all()


@given(st.lists(st.integers(1, 512), max_size=300))
def test_batches_keep_to_their_limits_and_lose_nothing(lengths: list[int]) -> None:
    asked: Any = object()
    made = batches([(length, asked, place) for place, length in enumerate(lengths)])
    assert sorted(place for batch in made for _, _, place in batch) == [*range(len(lengths))]
    for batch in made:
        padded = len(batch) * max(length for length, _, _ in batch)
        assert padded <= BATCH_TOKENS or len(batch) == 1
        assert padded - sum(length for length, _, _ in batch) <= MOST_PADDING * padded


@pytest.mark.parametrize("threads", [1, 3])
def test_each_caller_gets_its_own_in_its_order(echo: Echo, threads: int) -> None:
    shared = Batches(echo, threads)  # type: ignore[arg-type]
    generator = np.random.default_rng(0)
    asked = [generator.integers(1, 60, generator.integers(0, 200)).tolist() for _ in range(40)]
    with ThreadPoolExecutor(8) as callers:
        list(callers.map(read, [shared] * 40, asked, range(1, 40_001, 1000)))


def test_callers_share_batches(echo: Echo) -> None:
    shared = Batches(echo, 1)  # type: ignore[arg-type]
    echo.go.clear()
    together = Barrier(9)
    with ThreadPoolExecutor(9) as callers:
        first = callers.submit(read, shared, [20], 1)
        while not shared._working or shared._ready or shared._asked:
            pass  # until the first is being read
        for number in range(8):
            callers.submit(lambda n: (together.wait(), read(shared, [20], n)), 10 + number)
        together.wait()
        while len(shared._asked) < 8:
            pass
        echo.go.set()
        first.result()
    assert echo.shapes == [(1, 20), (8, 20)]


def test_a_short_text_does_not_wait_for_the_end_of_a_long_one(echo: Echo) -> None:
    shared = Batches(echo, 1)  # type: ignore[arg-type]
    echo.go.clear()
    with ThreadPoolExecutor(2) as callers:
        long = callers.submit(read, shared, [30] * 1000, 1)
        while not shared._working or not shared._asked:
            pass
        short = callers.submit(read, shared, [5], 5000)
        while len(shared._asked) < 2:
            pass
        echo.go.set()
        short.result()
        long.result()
    before = echo.shapes[: echo.shapes.index((1, 5))]
    # The sweep under way, and the one that has it; each ends with the window that fills it.
    assert sum(rows * tokens for rows, tokens in before) <= 2 * (SWEEP_TOKENS + 30)
    assert sum(rows * tokens for rows, tokens in echo.shapes) == 30 * 1000 + 5


def test_who_asks_learns_what_went_wrong_and_others_go_on(echo: Echo) -> None:
    shared = Batches(echo, 2)  # type: ignore[arg-type]

    def fail(ids: Any, mask: Any) -> Any:
        if (ids == 666).any():
            raise MemoryError("no more")
        return Echo.run(echo, ids, mask)

    echo.run = fail  # type: ignore[method-assign]
    with pytest.raises(MemoryError, match="no more"):
        read(shared, [3, 40, 200], 664)
    read(shared, [3, 40, 200], 1)


def test_a_fork_reads_too() -> None:
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


def test_nothing_asked_is_nothing_read(echo: Echo) -> None:
    assert Batches(echo, 1).read([]) == []  # type: ignore[arg-type]
    assert not echo.shapes
