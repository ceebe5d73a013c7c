"""Rounds in which systems take turns, and what comes of them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

Figures = dict[str, float]
Way = Callable[[int], Figures]
"""Measures itself once; is told the round, so that all ways can read the same in it."""
Name = TypeVar("Name")
Spread = dict[str, float]
"""The median, the least (`min`) and the most (`max`) of the rounds."""


@dataclass
class Watch:
    """Seconds on the clock and CPU seconds of this process, all threads."""

    clock: float = 0.0
    cpu: float = 0.0


@contextmanager
def watching() -> Iterator[Watch]:
    """Time what is done inside."""
    watch, clock, cpu = Watch(), time.perf_counter(), time.process_time()
    yield watch
    watch.cpu = time.process_time() - cpu
    watch.clock = time.perf_counter() - clock


def take_turns(ways: Mapping[Name, Way], rounds: int) -> dict[Name, list[Figures]]:
    """The figures of each way, one of each round; who begins turns from round to round."""
    names = list(ways)
    found: dict[Name, list[Figures]] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(ways[name](turn))
    return found


def spread(values: Sequence[float]) -> Spread:
    """What is told of the rounds."""
    return {"median": median(values), "min": min(values), "max": max(values)}


def spreads(rounds: Sequence[Figures]) -> dict[str, Spread]:
    """The same for each figure."""
    return {key: spread([one[key] for one in rounds]) for key in rounds[0]}


def ratios(rounds: Sequence[Figures], base: Sequence[Figures], key: str) -> Spread:
    """How many times the base's figure this one is, each round on its own."""
    return spread([mine[key] / other[key] for mine, other in zip(rounds, base, strict=True)])
