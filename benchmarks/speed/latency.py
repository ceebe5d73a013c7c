"""Latency of one call: `python -m benchmarks.speed.latency --data DIR [--output FILE]`.

One sentence, an article, and the article again after an edit of one or two sentences, in wall-clock
and CPU time: `Scorer.score` of every shipped bundle, and a classifier with three labels on the same
encoder, run by `transformers` one sentence after the other. The classifier gets sentences; Sayso
splits the text itself. Everything is loaded and warm. All systems get the same texts in a round,
and new ones in each, except for the unchanged sentences of an edited article.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.command import open_news, plotting_parser, publish
from benchmarks.machine import describe_machine
from benchmarks.news import News
from benchmarks.plots import bars, new_axes, save
from benchmarks.speed.transformers_baselines import minilm
from benchmarks.table import ResultTable, format_spread
from benchmarks.timing import Figures, interleave, measured, ratios, spreads
from sayso.bundle.bundle import shipped_bundles
from sayso.engine.runtime import available_cores
from sayso.engine.scorer import Scorer

NAIVE = "pipeline, one by one"
TASKS = ("one sentence", "article", "one sentence changed", "two sentences changed")
WARM_UP = 3
Call = Callable[[list[str]], object]


@dataclass(frozen=True)
class RoundTexts:
    """The sentences of each task of a round, scored one task after the other."""

    tasks: dict[str, list[str]]

    @classmethod
    def of(cls, news: News, sentences: int) -> "RoundTexts":
        """A sentence, an article, and that article with one and with two other sentences."""
        (alone, *others), article = news.sentences(4), news.sentences(sentences)
        middle = len(article) // 2
        once, twice = list(article), list(article)
        once[middle] = others[0]
        twice[middle // 2], twice[-1] = others[1:]
        return cls(dict(zip(TASKS, ([alone], article, once, twice), strict=True)))


def as_text(scorer: Scorer, sentences: list[str]) -> None:
    """Score the text of these sentences, which has to be split again."""
    scorer.score("\n".join(sentences))


def time_tasks(score: Call, rounds: list[RoundTexts], round_number: int) -> Figures:
    """Milliseconds of each task, `clock` and `cpu`."""
    figures = {}
    for task, sentences in rounds[round_number].tasks.items():
        with measured() as elapsed:
            score(sentences)
        figures[f"{task}, clock"] = 1000 * elapsed.clock
        figures[f"{task}, cpu"] = 1000 * elapsed.cpu
    return figures


def measure(news: News, options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    machine = describe_machine()  # first, so that its load is that of other programs
    calls: dict[str, Call] = {NAIVE: minilm().one_by_one}
    scorers = {name: Scorer(name, threads=options.threads) for name in shipped_bundles()}
    for name, scorer in scorers.items():
        calls[f"sayso, {name}"] = partial(as_text, scorer)
    warm_up = [RoundTexts.of(news, options.sentences) for _ in range(WARM_UP)]
    rounds = [RoundTexts.of(news, options.sentences) for _ in range(options.rounds)]
    for call in calls.values():
        for number in range(WARM_UP):
            time_tasks(call, warm_up, number)
    measurements = {name: partial(time_tasks, call, rounds) for name, call in calls.items()}
    found = interleave(measurements, options.rounds)
    return {
        "benchmark": "speed.latency",
        "machine": machine,
        "bundles": [scorer.bundle.model_version for scorer in scorers.values()],
        "sentences": options.sentences,
        "rounds": options.rounds,
        "threads": options.threads,
        "times_read": news.times_read,
        "milliseconds": {name: spreads(mine) for name, mine in found.items()},
        "times_as_fast": {
            name: {key: ratios(found[NAIVE], mine, key) for key in mine[0]}
            for name, mine in found.items()
        },
    }


def tables(figures: dict[str, Any]) -> list[ResultTable]:
    """A row for each task and system."""
    title = f"An article of {figures['sentences']} sentences, {figures['threads']} threads, "
    title += f"{figures['rounds']} rounds"
    rows = [
        (
            task,
            name,
            format_spread(mine[f"{task}, clock"]),
            format_spread(figures["times_as_fast"][name][f"{task}, clock"], 2),
            format_spread(mine[f"{task}, cpu"]),
            format_spread(figures["times_as_fast"][name][f"{task}, cpu"], 2),
        )
        for task in TASKS
        for name, mine in figures["milliseconds"].items()
    ]
    head = ("text", "engine", "ms", "times the naive", "CPU ms", "times the naive, CPU")
    return [ResultTable(title, head, rows, "latency")]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Milliseconds as bars, grouped by task."""
    shown = {
        f"{task}: {name}": mine[f"{task}, clock"]
        for task in TASKS
        for name, mine in figures["milliseconds"].items()
    }
    title = f"Milliseconds of a call (an article has {figures['sentences']} sentences)"
    figure, axes = new_axes(title, size=(7.2, 0.8 + 0.4 * len(shown)))
    bars(axes, list(shown), list(shown.values()))
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds on the clock: median, least, most")
    save(figure, file)


def main() -> None:
    """Run the measurement from the command line."""
    parser = plotting_parser("Measure the latency of one call.")
    parser.add_argument(
        "--sentences", type=int, default=30, help="sentences of an article, at least 4 (30)"
    )
    parser.add_argument("--rounds", type=int, default=30, help="rounds, at least 3 (30)")
    parser.add_argument(
        "--threads", type=int, default=available_cores(), help="threads (all cores)"
    )
    options = parser.parse_args()
    options.sentences, options.rounds = max(4, options.sentences), max(3, options.rounds)
    news = open_news(parser, options.data)
    torch.set_num_threads(options.threads)
    publish(measure(news, options), options, tables, draw)


if __name__ == "__main__":
    main()
