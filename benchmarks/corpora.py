"""Cost of a corpus: `python -m benchmarks.corpora --data DIR [--articles N] [--output FILE]`.

Scores the same articles into a file with one process on one core and on all, and on Ray with one
worker and with more. The executors alternate, each run in a new process. Prints articles per second
once all workers are busy, time to start, CPU time, memory per worker, the speed of reading and
writing, and from these figures an estimate for a hundred million articles. `DIR` holds
`articles.jsonl.gz`, a JSON object with a `text` per line. Only figures are printed and written;
scores go to a temporary folder.
"""

import json
import os
import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any
from unittest.mock import patch

import psutil
from rich.console import Console

from benchmarks.command import add_data, articles_file, new_parser, write
from benchmarks.news import read_articles
from benchmarks.table import ResultTable
from benchmarks.timing import Figures, interleave, measured
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

MAX_BATCH = 16  # documents; small, so that all workers are busy for most of a short run
MIN_BATCHES = 8
SHARDS = 16  # of the usual size, written and joined to measure writing
HUNDRED_MILLION = 100_000_000
MB, TB = 1e6, 1e12


@dataclass
class RunMonitor:
    """Records when shards are written, and the CPU time and memory of the processes that score."""

    began: float = field(default_factory=time.perf_counter)
    written: list[float] = field(default_factory=list)
    bytes: int = 0
    memory: dict[int, int] = field(default_factory=dict)
    cpu: dict[int, float] = field(default_factory=dict)

    def sample(self, *, local: bool) -> None:
        """Record CPU time and memory now."""
        this = psutil.Process()
        processes = [this] if local else this.children(recursive=True)
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
def monitored(*, local: bool) -> Iterator[RunMonitor]:
    """Monitor a job in this process and its workers."""
    monitor, done = RunMonitor(), Event()
    write = RunFolder.write

    def record_write(folder: RunFolder, number: int, shard: bytes) -> None:
        write(folder, number, shard)
        monitor.written.append(time.perf_counter())
        monitor.bytes += len(shard)

    def sample_until_done() -> None:
        while not done.wait(0.2):
            monitor.sample(local=local)

    monitor.sample(local=local)
    before = sum(monitor.cpu.values())
    sampler = Thread(target=sample_until_done)
    sampler.start()
    try:
        with patch.object(RunFolder, "write", record_write):
            yield monitor
    finally:
        done.set()
        sampler.join()
    if local:
        monitor.sample(local=True)
        monitor.cpu = {0: sum(monitor.cpu.values()) - before}


def measure(job: Job, setup: "ExecutorSetup") -> Figures:
    """Figures of one run, in this process.

    The rate leaves out the first shard of each worker and the last ones, when not all workers are
    busy.
    """
    with TemporaryDirectory() as folder, monitored(local=setup.local) as monitor:
        totals = run_job(job, Path(folder) / "out.jsonl", setup.executor(), resume=False)
        ended = time.perf_counter()
    times = sorted(monitor.written)[setup.workers - 1 : -setup.workers]
    return {
        "articles_per_second": job.documents * (len(times) - 1) / (times[-1] - times[0]),
        "start_seconds": monitor.written[0] - monitor.began,
        "seconds": ended - monitor.began,
        "cpu_seconds_per_article": sum(monitor.cpu.values()) / totals.scored,
        "megabytes_per_worker": max(monitor.memory.values()) / MB,
        "output_bytes_per_article": monitor.bytes / totals.scored,
    }


@dataclass(frozen=True)
class ExecutorSetup:
    """One process with some threads, or workers on Ray with one thread each."""

    name: str
    workers: int
    local: bool

    def executor(self) -> Executor:
        if self.local:
            return LocalExecutor(Scorer(threads=self.workers))
        from sayso.corpus.ray_executor import RayExecutor

        return RayExecutor(Bundle.load().path, workers=self.workers)


def measure_in_new_process(job: Job, setup: ExecutorSetup, _: int) -> Figures:
    """Figures of one run, in a process that has done nothing else."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(measure, job, setup).result()


def measure_all(job: Job, setups: Sequence[ExecutorSetup], rounds: int) -> dict[str, Figures]:
    """The medians of the rounds for each setup."""
    runs = {setup.name: partial(measure_in_new_process, job, setup) for setup in setups}
    return {
        name: {key: median(figures[key] for figures in found) for key in found[0]}
        for name, found in interleave(runs, rounds).items()
    }


def measure_reading(job: Job) -> float:
    """Articles a second that one process reads, hashes and pickles for workers."""
    with measured() as elapsed:
        count = sum(len(batch) for batch in job.batches() if batch.digest() and pickle.dumps(batch))
    return count / elapsed.clock


def measure_writing(bytes_per_article: float) -> float:
    """Articles a second whose shards one process writes to disk and joins."""
    with TemporaryDirectory() as folder:
        run_folder = RunFolder(Path(folder) / "out.jsonl")
        with measured() as elapsed, run_folder.open({}, resume=False):
            for number in range(SHARDS + 1):
                header = ShardHeader("", DOCUMENTS_PER_BATCH, [], {}, is_last=number == SHARDS)
                body = b"x" * int(bytes_per_article * DOCUMENTS_PER_BATCH)
                run_folder.write(number, header.to_json().encode() + b"\n" + body)
            joined = run_folder.join().scored
    return joined / elapsed.clock


def cost(figures: Mapping[str, Any]) -> dict[str, float]:
    """An estimate for a hundred million articles on a cluster, from the first setup on Ray."""
    ray = next(found for name, found in figures["executors"].items() if name.startswith("ray"))
    reading, writing = figures["reading_per_second"], figures["writing_per_second"]
    rate = ray["articles_per_second"]
    return {
        "core_hours": HUNDRED_MILLION / rate / 3600,
        "cpu_hours": HUNDRED_MILLION * ray["cpu_seconds_per_article"] / 3600,
        "workers_fed_at_most": min(reading, writing) / rate,
        "hours_on_100_workers": HUNDRED_MILLION / rate / 3600 / 100,
        "input_terabytes": HUNDRED_MILLION * figures["input_bytes_per_article"] / TB,
        "output_terabytes": HUNDRED_MILLION * ray["output_bytes_per_article"] / TB,
    }


def show(figures: Mapping[str, Any]) -> None:
    """Print the setups side by side, and the estimate for a hundred million articles."""
    title = f"{figures['articles']:,} articles of {figures['input_bytes_per_article']:,.0f} bytes"
    title += f", {figures['cores']} cores, load {figures['load']}"
    head = ("", "articles / s", "of local", "start s", "CPU ms each", "MB a worker")
    first = next(iter(figures["executors"].values()))
    rows = [
        (
            name,
            f"{found['articles_per_second']:.1f}",
            f"{found['articles_per_second'] / first['articles_per_second']:.2f}",
            f"{found['start_seconds']:.1f}",
            f"{1000 * found['cpu_seconds_per_article']:.1f}",
            f"{found['megabytes_per_worker']:.0f}",
        )
        for name, found in figures["executors"].items()
    ]
    ResultTable(title, head, rows).show()
    Console().print(
        f"one process reads {figures['reading_per_second']:,.0f} articles a second "
        f"and writes the shards of {figures['writing_per_second']:,.0f}"
    )
    costs = [
        (name.replace("_", " "), f"{value:,.2f}" if value < 10 else f"{value:,.0f}")
        for name, value in figures["cost"].items()
    ]
    ResultTable("estimate from the figures above", ("100 million such articles", ""), costs).show()


def setups(workers: Sequence[int]) -> list[ExecutorSetup]:
    """One process with one thread and with all cores, and Ray with these numbers of workers."""
    cores = available_cores()
    found = [ExecutorSetup("local, 1 thread", 1, local=True)]
    if cores > 1:
        found.append(ExecutorSetup(f"local, {cores} threads", cores, local=True))
    for count in workers:
        found.append(ExecutorSetup(f"ray, {count} worker{'s'[: count > 1]}", count, local=False))
    return found


def main() -> None:
    """Run the measurement from the command line."""
    parser = new_parser("Measure the cost of scoring a corpus.")
    add_data(parser)
    parser.add_argument("--articles", type=int, default=512, help="articles to score (512)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each executor (3)")
    parser.add_argument(
        "--workers", type=int, nargs="*", default=[1, 2], help="numbers of workers on Ray (1 2)"
    )
    options = parser.parse_args()

    file = articles_file(parser, options.data)
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        texts = list(read_articles(file, options.articles))
        rows = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        corpus.write_text(rows, encoding="utf-8")
        job = Job(
            [InputFile(str(corpus), InputKind.JSONL)],
            {str(corpus): LintSettings()},
            "text",
            "codepoint",
            Bundle.load().model_version,
            max(1, min(MAX_BATCH, len(texts) // MIN_BATCHES)),
        )
        found = measure_all(job, setups(options.workers), options.rounds)
        figures: dict[str, Any] = {
            "articles": len(texts),
            "cores": available_cores(),
            "load": load,
            "bundle": job.model,
            "input_bytes_per_article": len(rows.encode()) / len(texts),
            "executors": found,
            "reading_per_second": measure_reading(replace(job, documents=DOCUMENTS_PER_BATCH)),
            "writing_per_second": measure_writing(
                found["local, 1 thread"]["output_bytes_per_article"]
            ),
        }
    figures["cost"] = cost(figures)
    show(figures)
    write(figures, options.output)


if __name__ == "__main__":
    main()
