"""How long one call takes: `python -m benchmarks.speed.latency --data DIR [--output FILE]`.

One sentence, an article, and the article again after one or two of its sentences were changed, on
the clock and in CPU time: `Scorer.score` of every shipped bundle, and a classifier with three
labels on the same encoder, run by `transformers` one sentence after the other. The classifier is
given sentences, Sayso splits the text itself. Everything is loaded and warm; the texts of a round
are the same for all and new to all, but for what an edit leaves as it was.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.speed.command import new_parser, open_news, show, write
from benchmarks.speed.drawing import bars, new_axes, save
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.news import News
from benchmarks.speed.peers import minilm
from benchmarks.speed.rounds import Figures, ratios, spreads, take_turns, watching
from benchmarks.speed.tabular import Table, cell
from sayso.bundle.bundle import shipped_bundles
from sayso.engine.runtime import available_cores
from sayso.engine.scorer import Scorer

NAIVE = "pipeline, one by one"
TASKS = ("one sentence", "article", "one sentence changed", "two sentences changed")
WARM_UP = 3
Call = Callable[[list[str]], object]


@dataclass(frozen=True)
class Texts:
    """What is scored in a round, one after the other: sentences of each task."""

    tasks: dict[str, list[str]]

    @classmethod
    def of(cls, news: News, sentences: int) -> "Texts":
        """An article, and that article with sentences in its middle changed for others."""
        (alone, *others), article = news.sentences(4), news.sentences(sentences)
        middle = len(article) // 2
        once, twice = list(article), list(article)
        once[middle] = others[0]
        twice[middle // 2], twice[-1] = others[1:]
        return cls(dict(zip(TASKS, ([alone], article, once, twice), strict=True)))


def as_text(scorer: Scorer, sentences: list[str]) -> None:
    """Score sentences as the text that they came from, to be split again."""
    scorer.score("\n".join(sentences))


def timed(score: Call, rounds: list[Texts], turn: int) -> Figures:
    """Milliseconds of each task, `clock` and `cpu`."""
    figures = {}
    for task, sentences in rounds[turn].tasks.items():
        with watching() as watch:
            score(sentences)
        figures[f"{task}, clock"] = 1000 * watch.clock
        figures[f"{task}, cpu"] = 1000 * watch.cpu
    return figures


def measure(news: News, options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    machine = describe_machine()  # first: its load is that of others
    calls: dict[str, Call] = {NAIVE: minilm().one_by_one}
    scorers = {name: Scorer(name, threads=options.threads) for name in shipped_bundles()}
    for name, scorer in scorers.items():
        calls[f"sayso, {name}"] = partial(as_text, scorer)
    warm_up = [Texts.of(news, options.sentences) for _ in range(WARM_UP)]
    rounds = [Texts.of(news, options.sentences) for _ in range(options.rounds)]
    for call in calls.values():
        for turn in range(WARM_UP):
            timed(call, warm_up, turn)
    ways = {name: partial(timed, call, rounds) for name, call in calls.items()}
    found = take_turns(ways, options.rounds)
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


def tables(figures: dict[str, Any]) -> list[Table]:
    """Each task of each system."""
    title = f"An article of {figures['sentences']} sentences, {figures['threads']} threads, "
    title += f"{figures['rounds']} rounds"
    rows = [
        (
            task,
            name,
            cell(mine[f"{task}, clock"]),
            cell(figures["times_as_fast"][name][f"{task}, clock"], 2),
            cell(mine[f"{task}, cpu"]),
            cell(figures["times_as_fast"][name][f"{task}, cpu"], 2),
        )
        for task in TASKS
        for name, mine in figures["milliseconds"].items()
    ]
    head = ("text", "engine", "ms", "times the naive", "CPU ms", "times the naive, CPU")
    return [Table("latency", title, head, rows)]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Milliseconds as bars, task by task."""
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
    parser = new_parser("Measure how long one call takes.")
    parser.add_argument("--sentences", type=int, default=30, help="of an article, 4 or more (30)")
    parser.add_argument("--rounds", type=int, default=30, help="new articles, 3 or more (30)")
    parser.add_argument("--threads", type=int, default=available_cores(), help="all cores")
    options = parser.parse_args()
    options.sentences, options.rounds = max(4, options.sentences), max(3, options.rounds)
    news = open_news(parser, options.data)
    torch.set_num_threads(options.threads)
    figures = measure(news, options)
    show(figures, tables(figures))
    write(figures, options.output)
    if options.plot:
        draw(figures, options.plot)


if __name__ == "__main__":
    main()
