"""Compare engines: `python -m benchmarks.speed.engines --data DIR [--sentences N] [--output FILE]`.

How many sentences a CPU second reads, on one thread. The peers are a classifier with three labels
on Sayso's own encoder and a classifier of the shape of RoBERTa base for each label, run by
`transformers` as its users run it; their heads are random. Splitting is left out everywhere; all
that Sayso does beyond a classifier's scores (kinds, evidence, calibration, report) is in its time.

In each round all systems read the same sentences, which no earlier round read. RoBERTa reads only
every tenth of them by length. The machine's int8 limit (`limit.py`) is measured in each round too,
and told in sentences of the mean number of tokens of that round's.
"""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from tokenizers import Tokenizer

from benchmarks.speed.command import new_parser, open_news, show, write
from benchmarks.speed.drawing import bars, new_axes, save
from benchmarks.speed.limit import Limit, Shape
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.news import News
from benchmarks.speed.peers import BATCH_SIZE, MAX_TOKENS, minilm, robertas
from benchmarks.speed.rounds import Figures, Way, ratios, spread, take_turns, watching
from benchmarks.speed.tabular import Table, cell
from sayso.bundle.bundle import NETWORK, TOKENIZER, shipped_bundles
from sayso.engine.scorer import Scorer

WARM_UP = 64  # sentences that each system reads before the first round
NAIVE = "pipeline, one by one"
ROBERTAS = "three RoBERTa pipelines, one by one"
EVERY = 10  # of which RoBERTa reads one
RATE = "sentences_per_cpu_second"
Read = Callable[[Sequence[str]], object]


def every_tenth(sentences: Sequence[str]) -> list[str]:
    """Every tenth by length, from the middle of the first ten: about as long as all in the mean."""
    by_length = sorted(sentences, key=len)
    return by_length[min(EVERY, len(by_length)) // 2 :: EVERY]


def with_budget(scorer: Scorer, budget: int, sentences: Sequence[str]) -> None:
    """Score with another number of tokens a batch than the engine's own."""
    with patch("sayso.engine.batching.BATCH_TOKENS", budget):
        scorer.score_sentences(sentences)


class Reading:
    """A system that reads a round's sentences, or every tenth of them."""

    def __init__(self, read: Read, rounds: Sequence[Sequence[str]], *, thin: bool = False) -> None:
        self._read = read
        self._rounds = [every_tenth(one) if thin else one for one in rounds]

    def __call__(self, turn: int) -> Figures:
        with watching() as watch:
            self._read(self._rounds[turn])
        return {RATE: len(self._rounds[turn]) / watch.cpu}


class Allowing:
    """The int8 limit of a bundle's encoder, in sentences of a round."""

    def __init__(self, limit: Limit, tokens: Sequence[float]) -> None:
        self._limit, self._tokens = limit, tokens

    def __call__(self, turn: int) -> Figures:
        tokens = self._limit.tokens_per_cpu_second()
        return {RATE: tokens / self._tokens[turn], "billions": self._limit.billions(tokens)}


def mean_tokens(file: Path, sentences: Sequence[str]) -> float:
    """Tokens of a sentence, without padding."""
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encodings = tokenizer.encode_batch(list(sentences))
    return sum(len(encoding) for encoding in encodings) / len(encodings)


def systems(scorers: Mapping[str, Scorer], options: argparse.Namespace) -> dict[str, Read]:
    """All that reads sentences, the naive way first."""
    peer = minilm()
    found: dict[str, Read] = {
        NAIVE: peer.one_by_one,
        f"pipeline, batches of {BATCH_SIZE}": peer.batched,
        "torch, sorted by length": peer.sorted_by_length,
    }
    if not options.without_roberta:
        found[ROBERTAS] = robertas().one_by_one
    for name, scorer in scorers.items():
        found[f"sayso, {name}"] = scorer.score_sentences
        for budget in options.token_budgets:
            found[f"sayso, {name}, {budget} tokens a batch"] = partial(with_budget, scorer, budget)
    return found


def measure(news: News, options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    machine = describe_machine()  # first: its load is that of others
    scorers = {name: Scorer(name, threads=1) for name in shipped_bundles()}
    readers, warm_up = systems(scorers, options), news.sentences(WARM_UP)
    rounds = [news.sentences(options.sentences) for _ in range(options.rounds)]
    ways: dict[str, Way] = {}
    for name, read in readers.items():
        read(warm_up[:4] if name == ROBERTAS else warm_up)
        ways[name] = Reading(read, rounds, thin=name == ROBERTAS)
    tokens, limits = {}, {}
    for name, scorer in scorers.items():
        folder = scorer.bundle.path
        limits[name] = Limit(Shape.of(folder / NETWORK))
        tokens[name] = [mean_tokens(folder / TOKENIZER, one) for one in rounds]
        ways[f"int8 limit, {name}"] = Allowing(limits[name], tokens[name])
    found = take_turns(ways, options.rounds)
    speeds = {
        name: spread([one[RATE] for one in found[name]])
        | {"ratio": ratios(found[name], found[NAIVE], RATE)}
        for name in readers
    }
    return {
        "benchmark": "speed.engines",
        "machine": machine,
        "sentences": options.sentences,
        "rounds": options.rounds,
        "times_read": news.times_read,
        "peers_tokens_at_most": MAX_TOKENS,
        "speeds": speeds,
        "limits": {
            name: {
                "bundle": scorers[name].bundle.model_version,
                "encoder": f"{limit.shape.layers} x {limit.shape.hidden}",
                "tokens_per_sentence": spread(tokens[name]),
                "billions_per_second": spread(
                    [one["billions"] for one in found[f"int8 limit, {name}"]]
                ),
                "limit": spread([one[RATE] for one in found[f"int8 limit, {name}"]]),
                "reached": ratios(found[f"sayso, {name}"], found[f"int8 limit, {name}"], RATE),
            }
            for name, limit in limits.items()
        },
    }


def tables(figures: dict[str, Any]) -> list[Table]:
    """Speeds, and how near to the limit they come."""
    count = f"{figures['sentences']:,} sentences a round, {figures['rounds']} rounds, one thread"
    rows = [(name, cell(one), cell(one["ratio"], 2)) for name, one in figures["speeds"].items()]
    near = [
        (
            name,
            one["encoder"],
            f"{one['tokens_per_sentence']['median']:.1f}",
            cell(one["billions_per_second"]),
            cell(one["limit"]),
            cell(one["reached"], 3),
        )
        for name, one in figures["limits"].items()
    ]
    per = "sentences / CPU s"
    head = ("bundle", "layers x size", "tokens each", "10⁹ products / s", per, "reached / limit")
    return [
        Table("engines", count, ("engine", per, "times the naive pipeline"), rows),
        Table("limit", "What int8 products allow on one thread", head, near),
    ]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Speeds as bars, with the limits below."""
    shown = dict(figures["speeds"])
    shown |= {f"int8 limit, {name}": one["limit"] for name, one in figures["limits"].items()}
    size = (7.2, 0.8 + 0.45 * len(shown))
    figure, axes = new_axes("Sentences in a CPU second, one thread", size=size)
    bars(axes, list(shown), list(shown.values()))
    axes.set_xlabel("sentences / CPU s: median, least, most")
    save(figure, file)


def main() -> None:
    """Run the comparison from the command line."""
    parser = new_parser("Compare the speeds of engines on one thread.")
    parser.add_argument("--sentences", type=int, default=1000, help="to read a round (1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often, 3 or more (5)")
    parser.add_argument("--token-budgets", type=int, nargs="*", default=[], help="also try these")
    parser.add_argument("--without-roberta", action="store_true", help="it takes most of the time")
    options = parser.parse_args()
    news, options.rounds = open_news(parser, options.data), max(3, options.rounds)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)
    figures = measure(news, options)
    show(figures, tables(figures))
    write(figures, options.output)
    if options.plot:
        draw(figures, options.plot)


if __name__ == "__main__":
    main()
