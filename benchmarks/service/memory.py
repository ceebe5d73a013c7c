"""What `sayso serve` takes: `python -m benchmarks.service.memory [--data DIR] [--output FILE]`.

Starts it cold some times: seconds until `/readyz` answers, CPU seconds by then, and the memory of
each process, resident (RSS) and with shared pages divided among those that share them (PSS). The
last one started is then asked for many articles, some at a time, each answer compared with the
engine's expected, and its memory is read again along the way: it has to stay flat.

The articles are made up, or the first of `DIR/articles.jsonl.gz`, a JSON object with a `text` a
line; only figures are printed and written. Only Linux has PSS.
"""

import argparse
import asyncio
import gzip
import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import psutil

from benchmarks.speed.command import write
from serving.load.client import Tally, call, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import Gates, progress
from serving.load.generated_news import Newsroom
from serving.load.server import WORKER, Server, sayso

MB = 1_000_000
SIZES = (8, 20, 35)
"""Sentences of articles that are made up."""
SAMPLES = 20
"""Readings of the memory while articles are scored."""
WARM_AFTER = SAMPLES // 4
"""Readings that do not count: what the first articles need stays for the next."""
READY_WITHIN, GROWTH = 2.5, 0.05


@dataclass(frozen=True)
class Taken:
    """What one process takes, in bytes."""

    role: str
    rss: int
    pss: int


@dataclass(frozen=True)
class Start:
    """A cold start, until it was ready."""

    seconds: float
    cpu_seconds: float
    processes: list[Taken]

    @property
    def rss(self) -> int:
        """Resident bytes of all processes."""
        return sum(one.rss for one in self.processes)

    @property
    def pss(self) -> int:
        """The same, where shared pages count once."""
        return sum(one.pss for one in self.processes)


def look(server: Server) -> list[Taken]:
    """What each process takes now."""
    found = []
    for one in server.processes():
        with suppress(psutil.NoSuchProcess):
            memory = one.memory_full_info()
            role = "worker" if WORKER in " ".join(one.cmdline()) else "supervisor"
            found.append(Taken(role, memory.rss, getattr(memory, "pss", 0)))
    return found


def cpu_seconds(server: Server) -> float:
    """User and system time of all processes, with those that have ended."""
    total = 0.0
    for one in server.processes():
        times = one.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def started(server: Server, since: float) -> Start:
    """The figures of a server that has just said that it is ready."""
    return Start(time.monotonic() - since, cpu_seconds(server), look(server))


async def ask(
    server: Server, cases: Sequence[Case], requests: int, senders: int
) -> tuple[Tally, list[int]]:
    """All requests, and the RSS after each part of them."""
    tally, samples = Tally(), []
    numbers = iter(range(requests))

    async def send(first: Sequence[int]) -> None:
        for number in first:
            await call(client, cases[number % len(cases)], tally)

    async with new_client(server.url) as client:
        with progress() as bar:
            for _ in bar.track(range(SAMPLES), description="articles"):
                part = list(islice(numbers, -(-requests // SAMPLES)))
                await asyncio.gather(*(send(part[first::senders]) for first in range(senders)))
                samples.append(server.rss())
    return tally, samples


def articles(data: Path | None, count: int, seed: int) -> list[str]:
    """Some articles of a file, or made up."""
    if data is None:
        return Newsroom(seed).articles(count, SIZES)
    with gzip.open(data / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, count)]


def judge(starts: Sequence[Start], tally: Tally, samples: Sequence[int], most: float) -> Gates:
    """All figures, with what has to hold."""
    gates = Gates("Memory and start")
    seconds, cpu = [one.seconds for one in starts], [one.cpu_seconds for one in starts]
    spread = f"({min(seconds):.2f} to {max(seconds):.2f})"
    gates.figure("seconds until ready", f"{median(seconds):.2f} {spread}")
    gates.figure("CPU seconds by then", f"{median(cpu):.2f} ({min(cpu):.2f} to {max(cpu):.2f})")
    for one in starts[-1].processes:
        gates.figure(f"{one.role}: RSS, PSS, MB", f"{one.rss / MB:.0f}, {one.pss / MB:.0f}")
    ready = median(one.rss for one in starts)
    gates.figure("all: RSS, PSS, MB", f"{ready / MB:.0f}, {starts[-1].pss / MB:.0f}")
    warm, end = samples[WARM_AFTER], median(samples[-3:])
    right = len(tally.right_at)
    gates.figure("articles scored", f"{right:,}")
    gates.figure("all once warm, RSS, MB", f"{warm / MB:.0f}")
    gates.figure("all at the end, RSS, MB", f"{end / MB:.0f} ({end / warm - 1:+.1%})")
    gates.figure("all at most, RSS, MB", f"{max(samples) / MB:.0f}")
    clean = right == tally.statuses.total() and not tally.hangs
    gates.require("only answers 200, each the engine's own", clean)
    gates.require(f"ready within {READY_WITHIN:g} s", median(seconds) <= READY_WITHIN)
    gates.require(f"never above {most:g} MB", max(*samples, ready) <= most * MB)
    gates.require(f"RSS within {GROWTH:.0%} after warm-up", end <= (1 + GROWTH) * warm)
    return gates


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description="Measure what the server takes.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="articles.jsonl.gz (made up)")
    parser.add_argument("--starts", type=int, default=5, help="cold starts (5)")
    parser.add_argument("--requests", type=int, default=2_000, help="articles to score (2,000)")
    parser.add_argument("--senders", type=int, default=4, help="at once (4)")
    parser.add_argument("--workers", type=int, default=1, help="of the server (1)")
    parser.add_argument("--most", type=float, default=350, metavar="MB", help="fail above (350)")
    parser.add_argument("--seed", type=int, default=1, help="of articles that are made up (1)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()
    if options.data is not None and not (options.data / "articles.jsonl.gz").is_file():
        parser.error(f"{options.data / 'articles.jsonl.gz'} is missing; --data names its folder")
    requests = max(SAMPLES, options.requests)

    expected = ExpectedAnswers()
    cases = [
        expected.score(text) for text in articles(options.data, min(requests, 100), options.seed)
    ]
    starts: list[Start] = []
    tally, samples = Tally(), [0]
    for turn in range(max(1, options.starts)):
        since = time.monotonic()
        with sayso(workers=options.workers) as server:
            starts.append(started(server, since))
            print(f"start {turn + 1}: {starts[-1].seconds:.2f} s", file=sys.stderr)
            if turn == max(1, options.starts) - 1:
                tally, samples = asyncio.run(ask(server, cases, requests, options.senders))
    figures = {
        "starts": [asdict(one) | {"rss": one.rss, "pss": one.pss} for one in starts],
        "requests": requests,
        "right": len(tally.right_at),
        "rss": samples,
    }
    write(figures, options.output)
    judge(starts, tally, samples, options.most).finish()


if __name__ == "__main__":
    main()
