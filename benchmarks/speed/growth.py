"""How cost grows: `python -m benchmarks.speed.growth --data DIR [--only NAME ...] [--plot FILE]`.

    sentence   tokens of a sentence, scored alone and among others of its length, on one thread
    article    sentences of an article
    corpus     articles that `sayso score CORPUS --output FILE` scores, in a process of its own
    workers    threads of one process, and processes of one thread each, that share the same work

Prints each curve's points, its slope on logarithmic axes (the exponent of growth) and where it
bends. `--plot growth.svg` draws `growth-sentence.svg` and so on.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from tokenizers import Tokenizer

from benchmarks.speed import curves
from benchmarks.speed.command import new_parser, open_news, show, write
from benchmarks.speed.curves import Curve, new_curve
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.news import News
from benchmarks.speed.rounds import Figures, take_turns, watching
from benchmarks.speed.tabular import Table
from benchmarks.speed.workers import in_processes
from sayso.bundle.bundle import DEFAULT_BUNDLE, TOKENIZER
from sayso.engine.runtime import available_cores
from sayso.engine.scorer import Scorer

TOKENS_AT_ONCE = 2048  # about, of a step of `sentence`: all are measured for as long
SENTENCES_AT_ONCE = 32  # at least, of a step of `article`
ROOT = Path(__file__).parents[2]


class Lengths:
    """Stretches of running news of so many tokens, with those that begin and end a sentence."""

    def __init__(self, news: News, tokenizer: Path) -> None:
        self._news = news
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def take(self, tokens: int, count: int) -> list[str]:
        """So many stretches; a word's pieces are kept together, so that some are a bit longer."""
        found: list[str] = []
        while len(found) < count:
            text = " ".join(self._news.sentences(max(64, tokens // 4)))
            read = self._tokenizer.encode(text, add_special_tokens=False)
            first, words, offsets = 0, read.word_ids, read.offsets
            while len(found) < count:
                stop = first + tokens - 2
                while stop < len(words) and words[stop] == words[stop - 1]:
                    stop += 1
                if stop > len(words):
                    break  # the rest is too short; more news is needed
                found.append(text[offsets[first][0] : offsets[stop - 1][1]])
                first = stop
            if first == 0:
                raise ValueError(f"the news has no stretch of {tokens} tokens")
        return found

    def mean(self, texts: list[str]) -> float:
        """Tokens of a text."""
        return sum(len(self._tokenizer.encode(text)) for text in texts) / len(texts)


@contextmanager
def one_thread_for_tokens() -> Iterator[None]:
    """The tokenizer would take all cores, however many threads the network has."""
    with patch.dict(os.environ, TOKENIZERS_PARALLELISM="false"):
        yield


@one_thread_for_tokens()
def of_sentence(news: News, options: argparse.Namespace) -> Curve:
    """Milliseconds against tokens."""
    scorer = Scorer(options.bundle, threads=1)
    lengths = Lengths(news, scorer.bundle.path / TOKENIZER)

    def step(tokens: int, _: int) -> Figures:
        count = min(64, max(4, TOKENS_AT_ONCE // tokens))
        texts = lengths.take(tokens, 2 * count)
        alone, others = texts[:count], texts[count:]
        with watching() as one:
            for text in alone:
                scorer.score_sentences([text])
        with watching() as many:
            scorer.score_sentences(others)
        return {
            "x": lengths.mean(texts),
            "alone, clock": 1000 * one.clock / count,
            "alone, CPU": 1000 * one.cpu / count,
            "among others, CPU": 1000 * many.cpu / count,
        }

    scorer.score_sentences(news.sentences(64))
    found = take_turns({size: partial(step, size) for size in options.tokens}, options.rounds)
    return new_curve("A sentence, one thread", "tokens", "ms a sentence", found, 2)


def of_article(news: News, options: argparse.Namespace) -> Curve:
    """Milliseconds against sentences."""
    scorer = Scorer(options.bundle)

    def step(sentences: int, _: int) -> Figures:
        articles = [news.article(sentences) for _ in range(max(1, SENTENCES_AT_ONCE // sentences))]
        with watching() as watch:
            for article in articles:
                scorer.score(article)
        return {
            "x": sentences,
            "clock": 1000 * watch.clock / len(articles),
            "CPU": 1000 * watch.cpu / len(articles),
        }

    scorer.score(news.article(64))
    found = take_turns({size: partial(step, size) for size in options.sentences}, options.rounds)
    title = f"An article, {available_cores()} threads"
    return new_curve(title, "sentences", "ms an article", found)


def of_corpus(news: News, options: argparse.Namespace) -> Curve:
    """Seconds of a whole process against articles."""

    def step(documents: int, _: int) -> Figures:
        with TemporaryDirectory() as folder:
            corpus = Path(folder) / "corpus.jsonl"
            rows = (json.dumps({"text": text}) + "\n" for text in news.articles(documents))
            corpus.write_text("".join(rows), encoding="utf-8")
            command = [sys.executable, "-m", "sayso", "score", corpus, "--bundle", options.bundle]
            command += ["--output", Path(folder) / "scores.jsonl"]
            clock, cpu = time.perf_counter(), _cpu_of_children()
            subprocess.run(list(map(str, command)), cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
            return {
                "x": documents,
                "clock": time.perf_counter() - clock,
                "CPU": _cpu_of_children() - cpu,
            }

    step(1, 0)  # once, so that all files are in memory
    found = take_turns({size: partial(step, size) for size in options.documents}, options.rounds)
    title = f"`sayso score` of a corpus, start included, {available_cores()} threads"
    return new_curve(title, "articles", "seconds", found, 2)


@one_thread_for_tokens()
def of_workers(news: News, options: argparse.Namespace) -> Curve:
    """Seconds of the same work against workers."""

    def step(workers: int, _: int) -> Figures:
        scorer = Scorer(options.bundle, threads=workers)
        scorer.score_sentences(news.sentences(64))
        texts = news.sentences(options.work)
        with watching() as threads:
            scorer.score_sentences(texts)
        processes = in_processes(options.bundle, news.sentences(options.work), workers)
        return {
            "x": workers,
            "threads, clock": threads.clock,
            "threads, CPU": threads.cpu,
            "processes, clock": processes.clock,
            "processes, CPU": processes.cpu,
        }

    found = take_turns({size: partial(step, size) for size in options.workers}, options.rounds)
    title = f"{options.work:,} sentences shared by workers, {available_cores()} cores"
    return new_curve(title, "workers", "seconds", found, 2)


CURVES = {
    "sentence": of_sentence,
    "article": of_article,
    "corpus": of_corpus,
    "workers": of_workers,
}


def tables(figures: dict[str, Any]) -> list[Table]:
    """Two of each curve."""
    return [
        table for name, curve in figures["curves"].items() for table in curves.tables(name, curve)
    ]


def usual_workers(cores: int) -> list[int]:
    """Powers of two up to the cores, all cores, and twice as many."""
    return sorted({2**power for power in range(cores.bit_length())} | {cores, 2 * cores})


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run the measurement from the command line."""
    parser = new_parser("Measure how cost grows.")
    doubling = [2**power for power in range(11)]
    parser.add_argument("--only", nargs="+", choices=CURVES, default=list(CURVES), help="these")
    for name, default, what in (
        ("--tokens", doubling[3:], "of sentences, 3 or more (8 to 1024)"),
        ("--sentences", doubling[:10], "of articles (1 to 512)"),
        ("--documents", doubling[:10:2], "of corpora (1 to 256)"),
        ("--workers", usual_workers(available_cores()), "(up to twice the cores)"),
    ):
        parser.add_argument(name, type=int, nargs="+", default=default, help=what)
    parser.add_argument("--work", type=int, default=1024, help="sentences to share (1024)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each (3)")
    parser.add_argument("--bundle", default=DEFAULT_BUNDLE, help=f"({DEFAULT_BUNDLE})")
    options = parser.parse_args()
    news, machine = open_news(parser, options.data), describe_machine()
    figures: dict[str, Any] = {
        "benchmark": "speed.growth",
        "machine": machine,
        "bundle": Scorer(options.bundle).bundle.model_version,
        "rounds": options.rounds,
        "curves": {name: CURVES[name](news, options) for name in options.only},
    }
    figures["times_read"] = news.times_read
    show(figures, tables(figures))
    write(figures, options.output)
    if options.plot:
        for name, curve in figures["curves"].items():
            curves.draw(curve, options.plot.with_stem(f"{options.plot.stem}-{name}"))


if __name__ == "__main__":
    main()
