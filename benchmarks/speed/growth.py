"""Growth of cost: `python -m benchmarks.speed.growth --data DIR [--only NAME ...] [--plot FILE]`.

    sentence   tokens of a sentence, scored alone and among others of its length, on one thread
    article    sentences of an article
    corpus     articles that `sayso score CORPUS --output FILE` scores, in its own process
    workers    threads of one process, and processes of one thread each, that share the same work

Prints the points of each curve, its slopes on logarithmic axes (the exponents of growth) and its
bends. `--plot growth.svg` draws `growth-sentence.svg` and so on.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from tokenizers import Tokenizer

from benchmarks.command import open_news, plotting_parser, publish
from benchmarks.machine import describe_machine
from benchmarks.news import News
from benchmarks.speed import curves
from benchmarks.speed.curves import Curve, new_curve
from benchmarks.speed.worker_processes import score_in_processes
from benchmarks.table import ResultTable
from benchmarks.timing import Figures, children_cpu, interleave, measured
from sayso.bundle.bundle import DEFAULT_BUNDLE, TOKENIZER
from sayso.engine.runtime import available_cores
from sayso.engine.scorer import Scorer

TOKENS_PER_STEP = 2048  # about, of `sentence`: all steps take about as long
MIN_SENTENCES = 32  # of a step of `article`
ROOT = Path(__file__).parents[2]


class Passages:
    """Passages of running news with a given number of tokens, the special ones included."""

    def __init__(self, news: News, tokenizer: Path) -> None:
        self._news = news
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def take(self, tokens: int, count: int) -> list[str]:
        """`count` passages; words are not cut, so that some are slightly longer."""
        found: list[str] = []
        while len(found) < count:
            text = " ".join(self._news.sentences(max(64, tokens // 4)))
            encoding = self._tokenizer.encode(text, add_special_tokens=False)
            first, words, offsets = 0, encoding.word_ids, encoding.offsets
            while len(found) < count:
                stop = first + tokens - 2
                while stop < len(words) and words[stop] == words[stop - 1]:
                    stop += 1
                if stop > len(words):
                    break  # the rest is too short
                found.append(text[offsets[first][0] : offsets[stop - 1][1]])
                first = stop
            if first == 0:
                raise ValueError(f"no passage of the news has {tokens} tokens")
        return found

    def mean(self, texts: list[str]) -> float:
        """Mean number of tokens of the texts."""
        return sum(len(self._tokenizer.encode(text)) for text in texts) / len(texts)


@contextmanager
def one_thread_for_tokens() -> Iterator[None]:
    """Keep the tokenizer from using all cores, whatever the number of threads of the network."""
    with patch.dict(os.environ, TOKENIZERS_PARALLELISM="false"):
        yield


@one_thread_for_tokens()
def measure_sentence(news: News, options: argparse.Namespace) -> Curve:
    """Milliseconds against tokens."""
    scorer = Scorer(options.bundle, threads=1)
    passages = Passages(news, scorer.bundle.path / TOKENIZER)

    def step(tokens: int, _: int) -> Figures:
        count = min(64, max(4, TOKENS_PER_STEP // tokens))
        texts = passages.take(tokens, 2 * count)
        alone, others = texts[:count], texts[count:]
        with measured() as single:
            for text in alone:
                scorer.score_sentences([text])
        with measured() as together:
            scorer.score_sentences(others)
        return {
            "x": passages.mean(texts),
            "alone, clock": 1000 * single.clock / count,
            "alone, CPU": 1000 * single.cpu / count,
            "among others, CPU": 1000 * together.cpu / count,
        }

    scorer.score_sentences(news.sentences(64))
    found = interleave({size: partial(step, size) for size in options.tokens}, options.rounds)
    return new_curve("A sentence, one thread", "tokens", "ms a sentence", found, 2)


def measure_article(news: News, options: argparse.Namespace) -> Curve:
    """Milliseconds against sentences."""
    scorer = Scorer(options.bundle)

    def step(sentences: int, _: int) -> Figures:
        articles = [news.article(sentences) for _ in range(max(1, MIN_SENTENCES // sentences))]
        with measured() as elapsed:
            for article in articles:
                scorer.score(article)
        return {
            "x": sentences,
            "clock": 1000 * elapsed.clock / len(articles),
            "CPU": 1000 * elapsed.cpu / len(articles),
        }

    scorer.score(news.article(64))
    found = interleave({size: partial(step, size) for size in options.sentences}, options.rounds)
    title = f"An article, {available_cores()} threads"
    return new_curve(title, "sentences", "ms an article", found)


def measure_corpus(news: News, options: argparse.Namespace) -> Curve:
    """Seconds of a whole process against articles."""

    def step(documents: int, _: int) -> Figures:
        with TemporaryDirectory() as folder:
            corpus = Path(folder) / "corpus.jsonl"
            rows = (json.dumps({"text": text}) + "\n" for text in news.articles(documents))
            corpus.write_text("".join(rows), encoding="utf-8")
            command = [sys.executable, "-m", "sayso", "score", corpus, "--bundle", options.bundle]
            command += ["--output", Path(folder) / "scores.jsonl"]
            with measured(children_cpu) as elapsed:
                subprocess.run(
                    list(map(str, command)), cwd=ROOT, check=True, stderr=subprocess.DEVNULL
                )
        return {"x": documents, "clock": elapsed.clock, "CPU": elapsed.cpu}

    step(1, 0)  # so that all files are in the page cache
    found = interleave({size: partial(step, size) for size in options.documents}, options.rounds)
    title = f"`sayso score` of a corpus, start included, {available_cores()} threads"
    return new_curve(title, "articles", "seconds", found, 2)


@one_thread_for_tokens()
def measure_workers(news: News, options: argparse.Namespace) -> Curve:
    """Seconds of the same work against workers."""

    def step(workers: int, _: int) -> Figures:
        scorer = Scorer(options.bundle, threads=workers)
        scorer.score_sentences(news.sentences(64))
        texts = news.sentences(options.work)
        with measured() as threads:
            scorer.score_sentences(texts)
        processes = score_in_processes(options.bundle, news.sentences(options.work), workers)
        return {
            "x": workers,
            "threads, clock": threads.clock,
            "threads, CPU": threads.cpu,
            "processes, clock": processes.clock,
            "processes, CPU": processes.cpu,
        }

    found = interleave({size: partial(step, size) for size in options.workers}, options.rounds)
    title = f"{options.work:,} sentences shared by workers, {available_cores()} cores"
    return new_curve(title, "workers", "seconds", found, 2)


CURVES = {
    "sentence": measure_sentence,
    "article": measure_article,
    "corpus": measure_corpus,
    "workers": measure_workers,
}


def tables(figures: dict[str, Any]) -> list[ResultTable]:
    """Two tables for each curve."""
    return [
        table for name, curve in figures["curves"].items() for table in curves.tables(name, curve)
    ]


def usual_workers(cores: int) -> list[int]:
    """Powers of two up to the cores, all cores, and twice as many."""
    return sorted({2**power for power in range(cores.bit_length())} | {cores, 2 * cores})


def draw(figures: dict[str, Any], file: Path) -> None:
    """One file for each curve, with the name of the curve at its end."""
    for name, curve in figures["curves"].items():
        curves.draw(curve, file.with_stem(f"{file.stem}-{name}"))


def main() -> None:
    """Run the measurement from the command line."""
    parser = plotting_parser("Measure how cost grows.")
    doubling = [2**power for power in range(11)]
    parser.add_argument(
        "--only", nargs="+", choices=CURVES, default=list(CURVES), help="measure only these (all)"
    )
    for name, default, text in (
        ("--tokens", doubling[3:], "tokens of sentences, at least 3 (8 to 1024)"),
        ("--sentences", doubling[:10], "sentences of articles (1 to 512)"),
        ("--documents", doubling[:10:2], "documents of corpora (1 to 256)"),
        (
            "--workers",
            usual_workers(available_cores()),
            "workers (up to twice the cores)",
        ),
    ):
        parser.add_argument(name, type=int, nargs="+", default=default, help=text)
    parser.add_argument("--work", type=int, default=1024, help="sentences for workers (1024)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument("--bundle", default=DEFAULT_BUNDLE, help=f"bundle ({DEFAULT_BUNDLE})")
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
    publish(figures, options, tables, draw)


if __name__ == "__main__":
    main()
