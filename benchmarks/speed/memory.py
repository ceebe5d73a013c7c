"""Memory over a long run: `python -m benchmarks.speed.memory --data DIR [--sentences N]`.

Scores whole articles one after the other in one process, and samples its resident memory after each
hundredth of the sentences. Growth is measured from the middle of the run to its end, when the cache
of sentences is full.
"""

import argparse
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from rich.progress import Progress

from benchmarks.command import open_news, plotting_parser, publish
from benchmarks.machine import describe_machine
from benchmarks.news import News
from benchmarks.plots import COLOURS, new_axes, save
from benchmarks.table import ResultTable
from sayso.bundle.bundle import DEFAULT_BUNDLE
from sayso.engine.runtime import available_cores
from sayso.engine.scorer import Scorer

SAMPLES = 100
FLAT = 0.05
MIB = 1024 * 1024


def measure(news: News, options: argparse.Namespace) -> dict[str, Any]:
    """Samples of sentences scored so far and resident MiB, and their summary."""
    machine = describe_machine()  # first, so that its load is that of other programs
    process, scorer = psutil.Process(), Scorer(options.bundle, threads=options.threads)
    samples, done, due = [(0, process.memory_info().rss / MIB)], 0, 0.0
    step = options.sentences / SAMPLES
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("sentences", total=options.sentences)
        while done < options.sentences:
            (text,) = news.articles(1)
            done += len(scorer.score(text).sentences)
            progress.update(task, completed=done)
            if done >= due + step:
                due = done // step * step
                samples.append((done, process.memory_info().rss / MIB))
    return {
        "benchmark": "speed.memory",
        "machine": machine,
        "bundle": scorer.bundle.model_version,
        "threads": options.threads,
        "sentences": done,
        "times_read": news.times_read,
        "samples": samples,
        "mib": summarize(samples),
    }


def summarize(samples: list[tuple[int, float]]) -> dict[str, float]:
    """MiB at the start, after 1 %, half and all of the run; the growth in its second half."""
    total = samples[-1][0]

    def at(share: float) -> float:
        return next(mib for done, mib in samples if done >= share * total)

    end = median(mib for done, mib in samples if done >= 0.95 * total)
    return {
        "start": samples[0][1],
        "at_1_percent": at(0.01),
        "at_half": at(0.5),
        "end": end,
        "peak": max(mib for _, mib in samples),
        "growth": end / at(0.5) - 1,
    }


def tables(figures: dict[str, Any]) -> list[ResultTable]:
    """Memory during the run."""
    mib = figures["mib"]
    flat = "flat" if abs(mib["growth"]) <= FLAT else "not flat"
    head = ("sentences", "loaded", "after 1 %", "after half", "end", "from half to the end", "")
    keys = ("start", "at_1_percent", "at_half", "end")
    cells = [f"{figures['sentences']:,}", *(f"{mib[key]:,.1f} MiB" for key in keys)]
    title = f"Resident memory, {figures['threads']} threads"
    return [ResultTable(title, head, [[*cells, f"{mib['growth']:+.1%}", flat]], "memory")]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Memory against sentences."""
    figure, axes = new_axes("Resident memory while articles are scored")
    done, mib = zip(*figures["samples"], strict=True)
    axes.plot(done, mib, color=COLOURS[0])
    axes.axvline(0.1 * done[-1], color="0.5", linestyle=":")
    low = axes.get_xaxis_transform()
    axes.text(0.1 * done[-1], 0.04, " a tenth", transform=low, fontsize="small", color="0.35")
    axes.set(xlabel="sentences scored", ylabel="MiB", ylim=(0, None), xlim=(0, None))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(alpha=0.3)
    save(figure, file)


def main() -> None:
    """Run the measurement from the command line."""
    parser = plotting_parser("Measure memory over a long run.")
    parser.add_argument("--sentences", type=int, default=100_000, help="sentences (100,000)")
    parser.add_argument("--bundle", default=DEFAULT_BUNDLE, help=f"bundle ({DEFAULT_BUNDLE})")
    parser.add_argument(
        "--threads", type=int, default=available_cores(), help="threads (all cores)"
    )
    options = parser.parse_args()
    news = open_news(parser, options.data)
    publish(measure(news, options), options, tables, draw)


if __name__ == "__main__":
    main()
