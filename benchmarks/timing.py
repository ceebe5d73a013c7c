"""Timing that the benchmarks share: measured time, interleaved rounds, and the spread of rounds."""

import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

Figures = dict[str, float]
Name = TypeVar("Name")
Result = TypeVar("Result")
Spread = dict[str, float]
"""The `median`, the minimum (`min`) and the maximum (`max`) of the rounds."""


@dataclass
class Elapsed:
    """Seconds of wall-clock time and of CPU time."""

    clock: float = 0.0
    cpu: float = 0.0


@contextmanager
def measured(cpu_clock: Callable[[], float] = time.process_time) -> Iterator[Elapsed]:
    """Measure the time of a block.

    `cpu_clock` gives CPU seconds: by default those of all threads of this process.
    """
    elapsed, clock, cpu = Elapsed(), time.perf_counter(), cpu_clock()
    yield elapsed
    elapsed.cpu = cpu_clock() - cpu
    elapsed.clock = time.perf_counter() - clock


def children_cpu() -> float:
    """CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rotated(names: Sequence[Name], round_number: int) -> list[Name]:
    """The names in the order of a round: each round starts with the next one."""
    first = round_number % len(names)
    return [*names[first:], *names[:first]]


def interleave(
    measurements: Mapping[Name, Callable[[int], Result]], rounds: int
) -> dict[Name, list[Result]]:
    """Run every measurement once a round, in rotating order; its results, one of each round.

    A measurement is called with the number of the round, so that all can read the same texts.
    """
    results: dict[Name, list[Result]] = {name: [] for name in measurements}
    for round_number in range(rounds):
        for name in rotated(list(measurements), round_number):
            results[name].append(measurements[name](round_number))
    return results


def spread(values: Sequence[float]) -> Spread:
    """Median, minimum and maximum of the rounds."""
    return {"median": median(values), "min": min(values), "max": max(values)}


def spreads(rounds: Sequence[Figures]) -> dict[str, Spread]:
    """The spread of each figure."""
    return {key: spread([figures[key] for figures in rounds]) for key in rounds[0]}


def ratios(rounds: Sequence[Figures], base: Sequence[Figures], key: str) -> Spread:
    """The spread of a figure's ratio to that of `base` in the same round."""
    return spread([mine[key] / other[key] for mine, other in zip(rounds, base, strict=True)])
