"""Compare engines: `python -m benchmarks.speed.engines --data DIR [--sentences N] [--output FILE]`.

Sentences per CPU second, on one thread. The baselines are a classifier with three labels on
Sayso's own encoder and a classifier of the size of RoBERTa base for each label, run by
`transformers`; their heads are random. No system splits text; Sayso's time includes what it does
beyond the scores of a classifier (kinds, evidence, calibration, report).

In each round all systems read the same sentences, which no earlier round read. RoBERTa reads every
tenth of them by length. The int8 limit of the machine (`int8_limit.py`) is measured in each round,
too, as sentences with the mean number of tokens of that round.
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

from benchmarks.command import open_news, plotting_parser, publish
from benchmarks.machine import describe_machine
from benchmarks.news import News
from benchmarks.plots import bars, new_axes, save
from benchmarks.speed.int8_limit import EncoderShape, Int8Limit
from benchmarks.speed.transformers_baselines import BATCH_SIZE, MAX_TOKENS, minilm, robertas
from benchmarks.table import ResultTable, format_spread
from benchmarks.timing import Figures, interleave, measured, ratios, spread
from sayso.bundle.bundle import NETWORK, TOKENIZER, shipped_bundles
from sayso.engine.scorer import Scorer

WARM_UP = 64  # sentences that each system reads before the first round
NAIVE = "pipeline, one by one"
ROBERTAS = "three RoBERTa pipelines, one by one"
EVERY = 10  # RoBERTa reads one of so many
RATE = "sentences_per_cpu_second"
Read = Callable[[Sequence[str]], object]


def every_tenth(sentences: Sequence[str]) -> list[str]:
    """Every tenth by length, from the middle of the first ten, which keeps the mean length."""
    by_length = sorted(sentences, key=len)
    return by_length[min(EVERY, len(by_length)) // 2 :: EVERY]


def with_budget(scorer: Scorer, budget: int, sentences: Sequence[str]) -> None:
    """Score with another number of tokens per batch than the engine's default."""
    with patch("sayso.engine.batching.BATCH_TOKENS", budget):
        scorer.score_sentences(sentences)


def time_reading(read: Read, rounds: Sequence[Sequence[str]], round_number: int) -> Figures:
    """The rate of a system on the sentences of a round."""
    sentences = rounds[round_number]
    with measured() as elapsed:
        read(sentences)
    return {RATE: len(sentences) / elapsed.cpu}


def time_products(limit: Int8Limit, tokens: Sequence[float], round_number: int) -> Figures:
    """The int8 limit of an encoder, as a rate of sentences with the tokens of a round."""
    rate = limit.tokens_per_cpu_second()
    return {RATE: rate / tokens[round_number], "billions": limit.billions(rate)}


def mean_tokens(file: Path, sentences: Sequence[str]) -> float:
    """Tokens of a sentence, without padding."""
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encodings = tokenizer.encode_batch(list(sentences))
    return sum(len(encoding) for encoding in encodings) / len(encodings)


def readers(scorers: Mapping[str, Scorer], options: argparse.Namespace) -> dict[str, Read]:
    """All systems that read sentences, the naive one first."""
    baseline = minilm()
    found: dict[str, Read] = {
        NAIVE: baseline.one_by_one,
        f"pipeline, batches of {BATCH_SIZE}": baseline.batched,
        "torch, sorted by length": baseline.sorted_by_length,
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
    machine = describe_machine()  # first, so that its load is that of other programs
    scorers = {name: Scorer(name, threads=1) for name in shipped_bundles()}
    systems, warm_up = readers(scorers, options), news.sentences(WARM_UP)
    rounds = [news.sentences(options.sentences) for _ in range(options.rounds)]
    thinned = [every_tenth(sentences) for sentences in rounds]
    measurements: dict[str, Callable[[int], Figures]] = {}
    for name, read in systems.items():
        read(warm_up[:4] if name == ROBERTAS else warm_up)
        read_in = thinned if name == ROBERTAS else rounds
        measurements[name] = partial(time_reading, read, read_in)
    tokens, limits = {}, {}
    for name, scorer in scorers.items():
        folder = scorer.bundle.path
        limits[name] = Int8Limit(EncoderShape.of(folder / NETWORK))
        tokens[name] = [mean_tokens(folder / TOKENIZER, sentences) for sentences in rounds]
        measurements[limit_name(name)] = partial(time_products, limits[name], tokens[name])
    found = interleave(measurements, options.rounds)
    rates = {name: spread([figures[RATE] for figures in found[name]]) for name in found}
    return {
        "benchmark": "speed.engines",
        "machine": machine,
        "sentences": options.sentences,
        "rounds": options.rounds,
        "times_read": news.times_read,
        "baselines_max_tokens": MAX_TOKENS,
        "speeds": {
            name: rates[name] | {"ratio": ratios(found[name], found[NAIVE], RATE)}
            for name in systems
        },
        "limits": {
            name: {
                "bundle": scorers[name].bundle.model_version,
                "encoder": f"{limit.shape.layers} x {limit.shape.hidden}",
                "tokens_per_sentence": spread(tokens[name]),
                "billions_per_second": spread(
                    [figures["billions"] for figures in found[limit_name(name)]]
                ),
                "limit": rates[limit_name(name)],
                "reached": ratios(found[f"sayso, {name}"], found[limit_name(name)], RATE),
            }
            for name, limit in limits.items()
        },
    }


def limit_name(bundle: str) -> str:
    """The int8 limit of a bundle, among the systems."""
    return f"int8 limit, {bundle}"


def tables(figures: dict[str, Any]) -> list[ResultTable]:
    """Speeds, and their ratio to the limit."""
    count = f"{figures['sentences']:,} sentences a round, {figures['rounds']} rounds, one thread"
    rows = [
        (name, format_spread(speed), format_spread(speed["ratio"], 2))
        for name, speed in figures["speeds"].items()
    ]
    limits = [
        (
            name,
            limit["encoder"],
            f"{limit['tokens_per_sentence']['median']:.1f}",
            format_spread(limit["billions_per_second"]),
            format_spread(limit["limit"]),
            format_spread(limit["reached"], 3),
        )
        for name, limit in figures["limits"].items()
    ]
    per = "sentences / CPU s"
    head = ("bundle", "layers x size", "tokens each", "10⁹ products / s", per, "reached / limit")
    return [
        ResultTable(count, ("engine", per, "times the naive pipeline"), rows, "engines"),
        ResultTable("The int8 limit of the machine, one thread", head, limits, "limit"),
    ]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Speeds as bars, with the limits below them."""
    shown = dict(figures["speeds"])
    shown |= {limit_name(name): found["limit"] for name, found in figures["limits"].items()}
    size = (7.2, 0.8 + 0.45 * len(shown))
    figure, axes = new_axes("Sentences in a CPU second, one thread", size=size)
    bars(axes, list(shown), list(shown.values()))
    axes.set_xlabel("sentences / CPU s: median, least, most")
    save(figure, file)


def main() -> None:
    """Run the comparison from the command line."""
    parser = plotting_parser("Compare the speeds of engines on one thread.")
    parser.add_argument("--sentences", type=int, default=1000, help="sentences per round (1000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, at least 3 (5)")
    parser.add_argument(
        "--token-budgets", type=int, nargs="*", default=[], help="also try these batch sizes"
    )
    parser.add_argument(
        "--without-roberta", action="store_true", help="skip it: it takes most of the time"
    )
    options = parser.parse_args()
    news, options.rounds = open_news(parser, options.data), max(3, options.rounds)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)
    publish(measure(news, options), options, tables, draw)


if __name__ == "__main__":
    main()
