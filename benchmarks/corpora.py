"""What a corpus costs: `python -m benchmarks.corpora --data DIR [--articles N] [--output FILE]`.

Scores the same articles into a file with one process on one core and on all, and on Ray with one
worker and with more, in turns; nothing is scored twice in a run. Prints articles in a second once
all workers are at work, what starting costs, CPU time and memory a worker, how fast one process
reads and writes, and from these figures what a hundred million articles cost in core hours.
`DIR` holds `articles.jsonl.gz`, a JSON object with a `text` a line. Only figures are printed and
written; scores go to a folder that is removed.
"""

import argparse
import gzip
import json
import os
import pickle
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any
from unittest.mock import patch

import psutil
from rich.console import Console
from rich.table import Column, Table

from benchmarks.speed.command import write
from sayso.bundle.bundle import Bundle
from sayso.corpus.job import Executor, Job, LocalExecutor, run_job
from sayso.corpus.run_folder import RunFolder
from sayso.corpus.shard import ShardHeader
from sayso.documents.batches import DOCUMENTS_PER_BATCH
from sayso.documents.documents import InputKind
from sayso.documents.find_files import InputFile
from sayso.engine.runtime import available_cores
from sayso.engine.scorer import Scorer
from sayso.linting.settings import LintSettings

PER_BATCH = 16  # at most: small, so that all workers are busy for most of a short run
BATCHES = 8  # at least
KEPT = 16  # parts of the usual size that are written and joined
HUNDRED_MILLION = 100_000_000
MB, TB = 1e6, 1e12
Figures = dict[str, float]


@dataclass
class Watch:
    """Notes when folder are written, and what the processes that score use meanwhile."""

    began: float = field(default_factory=time.perf_counter)
    written: list[float] = field(default_factory=list)
    bytes: int = 0
    memory: dict[int, int] = field(default_factory=dict)
    cpu: dict[int, float] = field(default_factory=dict)

    def look(self, *, local: bool) -> None:
        me = psutil.Process()
        processes = [me] if local else me.children(recursive=True)
        for process in processes:
            try:
                if local or "MapWorker" in " ".join(process.cmdline()):
                    used = process.memory_full_info().uss
                    self.memory[process.pid] = max(used, self.memory.get(process.pid, 0))
                    times = process.cpu_times()
                    self.cpu[process.pid] = times.user + times.system
            except psutil.Error:  # it has ended
                continue


@contextmanager
def watching(*, local: bool) -> Iterator[Watch]:
    """Watch a job in this process and its workers."""
    watch, done = Watch(), Event()
    write = RunFolder.write

    def noted(folder: RunFolder, number: int, part: bytes) -> None:
        write(folder, number, part)
        watch.written.append(time.perf_counter())
        watch.bytes += len(part)

    def sample() -> None:
        while not done.wait(0.2):
            watch.look(local=local)

    watch.look(local=local)
    before = sum(watch.cpu.values())
    sampler = Thread(target=sample)
    sampler.start()
    try:
        with patch.object(RunFolder, "write", noted):
            yield watch
    finally:
        done.set()
        sampler.join()
    if local:
        watch.look(local=True)
        watch.cpu = {0: sum(watch.cpu.values()) - before}


def measure(job: Job, way: "Way") -> Figures:
    """Figures of one run, in a process of its own. The first part of each worker is no part of
    the rate, and neither are the last ones, at which not all are at work.
    """
    with TemporaryDirectory() as folder, watching(local=way.local) as watch:
        totals = run_job(job, Path(folder) / "out.jsonl", way.work(), resume=False)
        ended = time.perf_counter()
    folder = sorted(watch.written)[way.workers - 1 : -way.workers]
    return {
        "articles_per_second": job.documents * (len(folder) - 1) / (folder[-1] - folder[0]),
        "start_seconds": watch.written[0] - watch.began,
        "seconds": ended - watch.began,
        "cpu_seconds_per_article": sum(watch.cpu.values()) / totals.scored,
        "megabytes_per_worker": max(watch.memory.values()) / MB,
        "output_bytes_per_article": watch.bytes / totals.scored,
    }


@dataclass(frozen=True)
class Way:
    """A way to score: one process with some threads, or workers on Ray with a thread each."""

    name: str
    workers: int
    local: bool

    def work(self) -> Executor:
        if self.local:
            return LocalExecutor(Scorer(threads=self.workers))
        from sayso.corpus.ray_executor import RayExecutor

        return RayExecutor(Bundle.load().path, workers=self.workers)


def measure_all(job: Job, ways: Sequence[Way], rounds: int) -> dict[str, Figures]:
    """The median of some rounds, in which the ways take turns."""
    found: dict[str, list[Figures]] = {way.name: [] for way in ways}
    for turn in range(rounds):
        for way in [*ways[turn % len(ways) :], *ways[: turn % len(ways)]]:
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                found[way.name].append(process.submit(measure, job, way).result())
    return {
        name: {key: median(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }


def measure_reading(job: Job) -> float:
    """Articles in a second that one process reads, tells apart and packs for workers."""
    start = time.perf_counter()
    count = sum(len(batch) for batch in job.batches() if batch.digest() and pickle.dumps(batch))
    return count / (time.perf_counter() - start)


def measure_keeping(bytes_per_article: float) -> float:
    """Articles in a second whose folder one process writes to this disk and joins."""
    with TemporaryDirectory() as folder:
        folder = RunFolder(Path(folder) / "out.jsonl")
        start = time.perf_counter()
        with folder.open({}, resume=False):
            for number in range(KEPT + 1):
                header = ShardHeader("", DOCUMENTS_PER_BATCH, [], {}, is_last=number == KEPT)
                body = b"x" * int(bytes_per_article * DOCUMENTS_PER_BATCH)
                folder.write(number, header.to_json().encode() + b"\n" + body)
            kept = folder.join().scored
    return kept / (time.perf_counter() - start)


def cost(figures: dict[str, Any]) -> dict[str, float]:
    """What a hundred million articles cost on a cluster, from those of the first way on Ray."""
    one = next(one for name, one in figures["ways"].items() if name.startswith("ray"))
    reading, keeping = figures["reading_per_second"], figures["keeping_per_second"]
    each = one["articles_per_second"]
    return {
        "core_hours": HUNDRED_MILLION / each / 3600,
        "cpu_hours": HUNDRED_MILLION * one["cpu_seconds_per_article"] / 3600,
        "workers_fed_at_most": min(reading, keeping) / each,
        "hours_on_100_workers": HUNDRED_MILLION / each / 3600 / 100,
        "input_terabytes": HUNDRED_MILLION * figures["input_bytes_per_article"] / TB,
        "output_terabytes": HUNDRED_MILLION * one["output_bytes_per_article"] / TB,
    }


def show(figures: dict[str, Any]) -> None:
    """Print the ways side by side, and what a hundred million articles cost."""
    console, first = Console(), next(iter(figures["ways"].values()))
    title = f"{figures['articles']:,} articles of {figures['input_bytes_per_article']:,.0f} bytes"
    title += f", {figures['cores']} cores, load {figures['load']}"
    names = ("articles / s", "of local", "start s", "CPU ms each", "MB a worker")
    table = Table(Column(no_wrap=True), *names, title=title)
    for name, one in figures["ways"].items():
        table.add_row(
            name,
            f"{one['articles_per_second']:.1f}",
            f"{one['articles_per_second'] / first['articles_per_second']:.2f}",
            f"{one['start_seconds']:.1f}",
            f"{1000 * one['cpu_seconds_per_article']:.1f}",
            f"{one['megabytes_per_worker']:.0f}",
        )
    console.print(table)
    console.print(
        f"one process reads {figures['reading_per_second']:,.0f} articles a second "
        f"and keeps the parts of {figures['keeping_per_second']:,.0f}"
    )
    table = Table("100 million such articles", "", title="on paper, from the figures above")
    for name, value in figures["cost"].items():
        table.add_row(name.replace("_", " "), f"{value:,.2f}" if value < 10 else f"{value:,.0f}")
    console.print(table)


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description="Measure what a corpus costs.")
    parser.add_argument("--data", type=Path, metavar="DIR", required=True, help="articles.jsonl.gz")
    parser.add_argument("--articles", type=int, default=512, help="how many to score (512)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way (3)")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2], help="on Ray (1 2)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()
    file = options.data / "articles.jsonl.gz"
    if not file.is_file():
        parser.error(f"{file} is missing; --data names the folder that holds it")

    ways = [Way("local, 1 thread", 1, local=True)]
    if available_cores() > 1:
        ways.append(Way(f"local, {available_cores()} threads", available_cores(), local=True))
    for count in options.workers:
        ways.append(Way(f"ray, {count} worker{'s'[: count > 1]}", count, local=False))
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in islice(lines, options.articles)]
        rows = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        corpus.write_text(rows, encoding="utf-8")
        job = Job(
            [InputFile(str(corpus), InputKind.JSONL)],
            {str(corpus): LintSettings()},
            "text",
            "codepoint",
            Bundle.load().model_version,
            max(1, min(PER_BATCH, len(texts) // BATCHES)),
        )
        measured = measure_all(job, ways, options.rounds)
        figures: dict[str, Any] = {
            "articles": len(texts),
            "cores": available_cores(),
            "load": load,
            "bundle": job.model,
            "input_bytes_per_article": len(rows.encode()) / len(texts),
            "ways": measured,
            "reading_per_second": measure_reading(replace(job, documents=DOCUMENTS_PER_BATCH)),
            "keeping_per_second": measure_keeping(
                measured[ways[0].name]["output_bytes_per_article"]
            ),
        }
    figures["cost"] = cost(figures)
    show(figures)
    write(figures, options.output)


if __name__ == "__main__":
    main()
