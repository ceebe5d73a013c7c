"""Memory of `sayso serve`: `python -m benchmarks.service.memory [--data DIR] [--output FILE]`.

Starts the server several times: seconds until `/readyz` answers, CPU seconds until then, and the
memory of each process, resident (RSS) and proportional (PSS: shared pages are divided among the
processes that share them). The last server then scores many articles, several at a time, each
answer is compared with the engine's own, and memory is sampled: it has to stay flat.

The articles are made up, or the first of `DIR/articles.jsonl.gz`, a JSON object with a `text` per
line; only figures are printed and written. Only Linux has PSS.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import psutil

from benchmarks.command import add_data, articles_file, new_parser, write
from benchmarks.news import read_articles
from benchmarks.table import format_spread
from benchmarks.timing import spread
from serving.load.client import Tally, call, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import Gates, progress
from serving.load.generated_news import Newsroom
from serving.load.server import WORKER, Server, sayso

MB = 1_000_000
SIZES = (8, 20, 35)
"""Sentences of made-up articles."""
SAMPLES = 20
"""Samples of the memory while articles are scored."""
WARM_AFTER = SAMPLES // 4
"""Samples before the server counts as warm."""
READY_WITHIN, GROWTH = 2.5, 0.05


@dataclass(frozen=True)
class ProcessMemory:
    """The memory of one process, in bytes."""

    role: str
    rss: int
    pss: int


@dataclass(frozen=True)
class ColdStart:
    """A cold start, until the server is ready."""

    seconds: float
    cpu_seconds: float
    processes: list[ProcessMemory]

    @property
    def rss(self) -> int:
        """Resident bytes of all processes."""
        return sum(process.rss for process in self.processes)

    @property
    def pss(self) -> int:
        """The same, with shared pages counted once."""
        return sum(process.pss for process in self.processes)


def measure_memory(server: Server) -> list[ProcessMemory]:
    """The memory of each process now."""
    found = []
    for process in server.processes():
        with suppress(psutil.NoSuchProcess):
            memory = process.memory_full_info()
            role = "worker" if WORKER in " ".join(process.cmdline()) else "supervisor"
            found.append(ProcessMemory(role, memory.rss, getattr(memory, "pss", 0)))
    return found


def cpu_seconds(server: Server) -> float:
    """User and system time of all processes, including those that have ended."""
    total = 0.0
    for process in server.processes():
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def measure_start(server: Server, since: float) -> ColdStart:
    """The figures of a server that has just become ready."""
    return ColdStart(time.monotonic() - since, cpu_seconds(server), measure_memory(server))


async def score_all(
    server: Server, cases: Sequence[Case], requests: int, senders: int
) -> tuple[Tally, list[int]]:
    """Send all requests; the RSS after each twentieth of them."""
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


def articles(file: Path | None, count: int, seed: int) -> list[str]:
    """Articles of a file, or made-up ones."""
    if file is None:
        return Newsroom(seed).articles(count, SIZES)
    return list(read_articles(file, count))


def judge(starts: Sequence[ColdStart], tally: Tally, samples: Sequence[int], most: float) -> Gates:
    """All figures, as a gates."""
    gates = Gates("Memory and start")
    seconds = [start.seconds for start in starts]
    cpu = [start.cpu_seconds for start in starts]
    gates.figure("seconds until ready", format_spread(spread(seconds), 2))
    gates.figure("CPU seconds until then", format_spread(spread(cpu), 2))
    for process in starts[-1].processes:
        sizes = f"{process.rss / MB:.0f}, {process.pss / MB:.0f}"
        gates.figure(f"{process.role}: RSS, PSS, MB", sizes)
    ready = median(start.rss for start in starts)
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
    parser = new_parser("Measure start and memory of the server.")
    add_data(parser, required=False)
    parser.add_argument("--starts", type=int, default=5, help="cold starts (5)")
    parser.add_argument("--requests", type=int, default=2_000, help="articles to score (2,000)")
    parser.add_argument("--senders", type=int, default=4, help="concurrent senders (4)")
    parser.add_argument("--workers", type=int, default=1, help="workers of the server (1)")
    parser.add_argument(
        "--most", type=float, default=350, metavar="MB", help="fail above this (350)"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of made-up articles (1)")
    options = parser.parse_args()
    file = articles_file(parser, options.data) if options.data else None
    requests = max(SAMPLES, options.requests)

    expected = ExpectedAnswers()
    cases = [expected.score(text) for text in articles(file, min(requests, 100), options.seed)]
    starts: list[ColdStart] = []
    tally, samples = Tally(), [0]
    for number in range(max(1, options.starts)):
        since = time.monotonic()
        with sayso(workers=options.workers) as server:
            starts.append(measure_start(server, since))
            print(f"start {number + 1}: {starts[-1].seconds:.2f} s", file=sys.stderr)
            if number == max(1, options.starts) - 1:
                tally, samples = asyncio.run(score_all(server, cases, requests, options.senders))
    figures = {
        "starts": [asdict(start) | {"rss": start.rss, "pss": start.pss} for start in starts],
        "requests": requests,
        "right": len(tally.right_at),
        "rss": samples,
    }
    write(figures, options.output)
    judge(starts, tally, samples, options.most).finish()


if __name__ == "__main__":
    main()
