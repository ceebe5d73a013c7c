"""Worker processes that share sentences, each with a scorer of one thread."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Barrier
from typing import Any

from benchmarks.timing import Elapsed
from sayso.engine.scorer import Scorer

READY_WITHIN = 300  # seconds; a worker that fails to start must not block the others forever
_worker: dict[str, Any] = {}


def score_in_processes(bundle: str, sentences: Sequence[str], count: int) -> Elapsed:
    """Seconds from when all workers are ready until the last is done, and CPU seconds of all."""
    context = get_context("spawn")
    shares = [list(sentences[number::count]) for number in range(count)]
    arguments = (bundle, context.Barrier(count))
    with ProcessPoolExecutor(count, context, initializer=_start, initargs=arguments) as pool:
        found = list(pool.map(_score, shares))
    starts, ends, cpu = zip(*found, strict=True)
    return Elapsed(clock=max(ends) - min(starts), cpu=sum(cpu))


def _start(bundle: str, barrier: Barrier) -> None:
    scorer = Scorer(bundle, threads=1)
    scorer.score_sentences(["Officials said that the dam could fail."] * 8)
    _worker.update(scorer=scorer, barrier=barrier)


def _score(sentences: list[str]) -> tuple[float, float, float]:
    _worker["barrier"].wait(READY_WITHIN)  # also so that each share goes to another process
    start, cpu = time.monotonic(), time.process_time()  # this clock is the same for all processes
    _worker["scorer"].score_sentences(sentences)
    return start, time.monotonic(), time.process_time() - cpu
