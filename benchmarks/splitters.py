"""Compare sentence splitters: `python -m benchmarks.splitters --data DIR [--output FILE]`.

`sentencex` and `nupunkt` get a paragraph at a time, as `sayso.engine.sentences` does it for itself.
Without `--data` only the hard cases are run. `DIR` holds `articles.jsonl.gz`, a JSON object with
a `text` a line. Only counts are printed and written, never a sentence of an article.

The hard cases were written by hand for this project, after reading where the splitters disagree
on articles: they are a list of known difficulties, not a sample of news. The suspicious cuts and
stops are counted by pattern: some of them are right, and all splitters are counted alike.
"""

import argparse
import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median

import nupunkt
import sentencex  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from benchmarks.speed.command import write
from sayso.engine.sentences import split_sentences

HARD_SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "engine" / "hard_sentences.txt"
SLICES = 5  # the articles are timed in so many parts, every splitter on each part in turn

Spans = list[tuple[int, int]]
Splitter = Callable[[str], Spans]

ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|Gov|Sens?|Reps?|Gen|Lt|Col|Capt|Maj|Adm|Sgt|St|Mt|Ft|Jr|Sr|Inc|"
    r"Corp|Co|Ltd|vs|No)|(?:\b[A-Z]\.)*\b[A-Z])\.$"
)
MISSED_STOP = re.compile(
    r"[a-z]{3}[.?!][\"”’)]*\s+[\"“‘(]*(?:The|He|She|It|They|We|But|And|In|That|This|There)\s"
)
LONG_SENTENCE = 80  # words

GROWING_LINES = {
    "news": "The U.S. Army left at 9 p.m. Monday. “Why?” he asked. ",
    "one word": "a",
    "stops in one word": "?)",
    "initials in one word": "a.",
    "dots": ". ",
    "stops": "! … ",
    "spaces": "U.S." + " " * 15_000,
}
"""What lines are made of whose time could grow faster than their length."""
GROWTH = (20_000, 160_000)  # characters of a short and of a long line


@dataclass
class HardCases:
    """How a splitter does on the hard cases; precision and recall are of inner boundaries."""

    cases: int
    exactly_right: float
    precision: float
    recall: float
    f1: float


@dataclass
class Articles:
    """What a splitter makes of real articles; the four suspicions are per 1,000 sentences."""

    sentences: int
    lower_case_start: float
    cut_after_abbreviation: float
    over_80_words: float
    missed_stop: float
    megabytes_a_second: float
    speed_ratio: float = field(default=0.0)


def sentencex_spans(text: str) -> Spans:
    """`sentencex` on each line; its segments keep the space that follows them."""
    return [
        (start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        for offset, line in lines_of(text)
        for found in sentencex.get_sentence_boundaries("en", line)
        if (piece := found["text"]).strip()
        for start in [offset + found["start_index"]]
    ]


def nupunkt_spans(text: str) -> Spans:
    """`nupunkt` with its default model on each line."""
    return [
        (offset + start, offset + end)
        for offset, line in lines_of(text)
        for start, end in nupunkt.sentence_spans(line)
    ]


SPLITTERS: dict[str, Splitter] = {
    "sentencex": sentencex_spans,
    "nupunkt": nupunkt_spans,
    "sayso": split_sentences,
}


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Each line that is not empty, with its offset."""
    for line in re.finditer(r"[^\n\r]+", text):
        yield line.start(), line[0]


def hard_cases() -> list[list[str]]:
    """The sentences of each case, known failures of our own splitter included."""
    lines = HARD_SENTENCES.read_text(encoding="utf-8").splitlines()
    return [
        re.sub(r"^known failure \(.+?\): ", "", line).split(" ¦ ")
        for line in lines
        if line and not line.startswith("#")
    ]


def measure_hard_cases(split: Splitter) -> HardCases:
    """Whole cases and inner boundaries that a splitter gets right."""
    cases = hard_cases()
    right = found = expected = common = 0
    for sentences in cases:
        text = " ".join(sentences)
        spans = split(text)
        wanted, end = set(), -1
        for sentence in sentences[:-1]:
            end += len(sentence) + 1
            wanted.add(end)
        got = {end for _, end in spans[:-1]}
        right += [text[start:end] for start, end in spans] == sentences
        found, expected, common = (
            found + len(got),
            expected + len(wanted),
            common + len(got & wanted),
        )
    precision, recall = common / found, common / expected
    return HardCases(
        cases=len(cases),
        exactly_right=right / len(cases),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall),
    )


def measure_growth() -> dict[str, float]:
    """How many times longer a line of eight times the length takes; about 8 where linear."""
    split_sentences("Load the model. Then start.")

    def seconds(line: str) -> float:
        start = time.process_time()
        split_sentences(line)
        return time.process_time() - start

    growth = {}
    for name, unit in GROWING_LINES.items():
        short, long = (
            min(seconds(unit * (length // len(unit))) for _ in range(5)) for length in GROWTH
        )
        growth[name] = long / short
    return growth


def measure_articles(articles: list[str]) -> dict[str, Articles]:
    """Every splitter on every slice of the articles, the order turned from slice to slice."""
    slices = [part for start in range(SLICES) if (part := articles[start::SLICES])]
    answers: dict[str, list[Spans]] = {name: [] for name in SPLITTERS}
    speeds: dict[str, list[float]] = {name: [] for name in SPLITTERS}
    names = list(SPLITTERS)
    for split in SPLITTERS.values():
        split("Load the model. Then start.")
    for turn, part in enumerate(slices):
        megabytes = sum(len(text.encode()) for text in part) / 1e6
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = time.perf_counter()
            answers[name] += [SPLITTERS[name](text) for text in part]
            speeds[name].append(megabytes / (time.perf_counter() - start))
    texts = [text for part in slices for text in part]
    results = {name: suspicions(texts, answers[name], median(speeds[name])) for name in names}
    for result in results.values():
        result.speed_ratio = result.megabytes_a_second / results["sayso"].megabytes_a_second
    return results


def suspicions(texts: list[str], answers: list[Spans], speed: float) -> Articles:
    """Count what looks wrong in the answers to these texts."""
    sentences = lower_case = abbreviated = long = missed = 0
    for text, spans in zip(texts, answers, strict=True):
        sentences += len(spans)
        for start, end in spans:
            sentence = text[start:end]
            words = len(sentence.split())
            long += words > LONG_SENTENCE
            missed += len(MISSED_STOP.findall(sentence))
        for (start, end), (after, _) in pairwise(spans):
            if "\n" in text[end:after]:
                continue
            lower_case += text[after].islower()
            sentence = text[start:end]
            abbreviated += len(sentence.split()) <= 2 and bool(ABBREVIATED.search(sentence))
    per_1000 = 1000 / sentences
    return Articles(
        sentences=sentences,
        lower_case_start=lower_case * per_1000,
        cut_after_abbreviation=abbreviated * per_1000,
        over_80_words=long * per_1000,
        missed_stop=missed * per_1000,
        megabytes_a_second=speed,
    )


def read_articles(folder: Path, count: int) -> list[str]:
    """The texts of the first articles of a folder."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for _, line in zip(range(count), lines, strict=False)]


def show(
    hard: dict[str, HardCases], growth: dict[str, float], articles: dict[str, Articles]
) -> None:
    """Print the comparisons as tables."""
    console = Console()
    table = Table("a line of", "times as long", title="Eight times the length, by sayso's splitter")
    for name, ratio in growth.items():
        table.add_row(name, f"{ratio:.1f}")
    console.print(table)
    any_hard = next(iter(hard.values()))
    table = Table(
        "", "exactly right", "precision", "recall", "F1", title=f"{any_hard.cases} hard cases"
    )
    for name, h in hard.items():
        table.add_row(
            name, f"{h.exactly_right:.1%}", *(f"{x:.3f}" for x in (h.precision, h.recall, h.f1))
        )
    console.print(table)
    if not articles:
        return
    table = Table(
        *("", "sentences", "lower case", "abbreviation", "long", "missed", "MB/s", "ratio"),
        title="Articles: suspicions per 1,000 sentences, and speed",
        caption="starts in lower case; one or two words cut after an abbreviation; over 80 words; "
        "a clear stop not taken",
    )
    for name, a in articles.items():
        rates = (a.lower_case_start, a.cut_after_abbreviation, a.over_80_words, a.missed_stop)
        table.add_row(
            name,
            f"{a.sentences:,}",
            *(f"{rate:.2f}" for rate in rates),
            f"{a.megabytes_a_second:.1f}",
            f"{a.speed_ratio:.1f}",
        )
    console.print(table)


def main() -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description="Compare sentence splitters.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="holds articles.jsonl.gz")
    parser.add_argument("--articles", type=int, default=2000, help="how many to read (2000)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()

    hard = {name: measure_hard_cases(split) for name, split in SPLITTERS.items()}
    texts = read_articles(options.data, options.articles) if options.data else []
    articles = measure_articles(texts) if texts else {}
    growth = measure_growth()
    show(hard, growth, articles)
    figures = {
        "versions": {name: version(name) for name in ("sentencex", "nupunkt")},
        "articles_read": len(texts),
        "growth": growth,
        "hard_cases": {name: asdict(result) for name, result in hard.items()},
        "articles": {name: asdict(result) for name, result in articles.items()},
    }
    write(figures, options.output)


if __name__ == "__main__":
    main()
