"""Compare sentence splitters: `python -m benchmarks.splitters --data DIR [--output FILE]`.

`sentencex` and `nupunkt` get one paragraph at a time, as in `sayso.engine.sentences`. Without
`--data`, only the hard cases are run. `DIR` holds `articles.jsonl.gz`, a JSON object with a `text`
per line. Only counts are printed and written, never a sentence of an article.

The hard cases were written by hand for this project, where the splitters disagree on articles: they
are a list of known difficulties, not a sample of news. Suspicious boundaries are counted by
pattern, in the same way for all splitters; some of them are right.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median

import nupunkt
import sentencex  # type: ignore[import-untyped]

from benchmarks.command import add_data, articles_file, new_parser, write
from benchmarks.news import read_articles
from benchmarks.table import ResultTable
from benchmarks.timing import interleave, measured
from sayso.engine.sentences import split_sentences

HARD_SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "engine" / "hard_sentences.txt"
SLICES = 5  # of the articles; the splitters alternate on each

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
"""Units of lines for which time could grow faster than length."""
GROWTH = (20_000, 160_000)  # characters of a short and of a long line


@dataclass
class HardCaseFigures:
    """A splitter on the hard cases; precision and recall are of inner boundaries."""

    cases: int
    exactly_right: float
    precision: float
    recall: float
    f1: float


@dataclass
class ArticleFigures:
    """A splitter on real articles; the four suspicious patterns are per 1,000 sentences."""

    sentences: int
    lower_case_start: float
    cut_after_abbreviation: float
    over_80_words: float
    missed_stop: float
    megabytes_a_second: float
    speed_ratio: float = 0.0


def sentencex_spans(text: str) -> Spans:
    """`sentencex` on each line; its segments include the space after them."""
    return [
        (start + len(segment) - len(segment.lstrip()), start + len(segment.rstrip()))
        for offset, line in lines_of(text)
        for found in sentencex.get_sentence_boundaries("en", line)
        if (segment := found["text"]).strip()
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


def read_hard_cases() -> list[list[str]]:
    """The sentences of each case, including known failures of our own splitter."""
    lines = HARD_SENTENCES.read_text(encoding="utf-8").splitlines()
    return [
        re.sub(r"^known failure \(.+?\): ", "", line).split(" ¦ ")
        for line in lines
        if line and not line.startswith("#")
    ]


def measure_hard_cases(split: Splitter) -> HardCaseFigures:
    """Cases and inner boundaries that a splitter gets right."""
    cases = read_hard_cases()
    right = found = expected = common = 0
    for sentences in cases:
        text = " ".join(sentences)
        spans = split(text)
        true_ends, end = set(), -1
        for sentence in sentences[:-1]:
            end += len(sentence) + 1
            true_ends.add(end)
        found_ends = {end for _, end in spans[:-1]}
        right += [text[start:end] for start, end in spans] == sentences
        found += len(found_ends)
        expected += len(true_ends)
        common += len(found_ends & true_ends)
    precision, recall = common / found, common / expected
    return HardCaseFigures(
        cases=len(cases),
        exactly_right=right / len(cases),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall),
    )


def measure_growth() -> dict[str, float]:
    """Ratio of the times of a line and one of an eighth of its length; about 8 if linear."""
    split_sentences("Load the model. Then start.")

    def seconds(line: str) -> float:
        with measured() as elapsed:
            split_sentences(line)
        return elapsed.cpu

    growth = {}
    for name, unit in GROWING_LINES.items():
        short, long = (
            min(seconds(unit * (length // len(unit))) for _ in range(5)) for length in GROWTH
        )
        growth[name] = long / short
    return growth


def measure_articles(articles: list[str]) -> dict[str, ArticleFigures]:
    """Every splitter on every slice of the articles."""
    slices = [texts for start in range(SLICES) if (texts := articles[start::SLICES])]
    timed = {name: partial(time_splitter, split, slices) for name, split in SPLITTERS.items()}
    for split in SPLITTERS.values():
        split("Load the model. Then start.")
    texts = [text for part in slices for text in part]
    results = {}
    for name, rounds in interleave(timed, len(slices)).items():
        spans = [of_text for of_slice, _ in rounds for of_text in of_slice]
        results[name] = article_figures(texts, spans, median(speed for _, speed in rounds))
    for result in results.values():
        result.speed_ratio = result.megabytes_a_second / results["sayso"].megabytes_a_second
    return results


def time_splitter(
    split: Splitter, slices: list[list[str]], round_number: int
) -> tuple[list[Spans], float]:
    """The spans of each text of a slice, and megabytes a second."""
    texts = slices[round_number]
    with measured() as elapsed:
        spans = [split(text) for text in texts]
    return spans, sum(len(text.encode()) for text in texts) / 1e6 / elapsed.clock


def article_figures(texts: list[str], answers: list[Spans], speed: float) -> ArticleFigures:
    """Count suspicious patterns in the spans of these texts."""
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
    return ArticleFigures(
        sentences=sentences,
        lower_case_start=lower_case * per_1000,
        cut_after_abbreviation=abbreviated * per_1000,
        over_80_words=long * per_1000,
        missed_stop=missed * per_1000,
        megabytes_a_second=speed,
    )


def tables(
    hard: dict[str, HardCaseFigures],
    growth: dict[str, float],
    articles: dict[str, ArticleFigures],
) -> Iterator[ResultTable]:
    """The comparisons, those on articles only if there are any."""
    yield ResultTable(
        "Eight times the length, by sayso's splitter",
        ("a line of", "times as long"),
        [(name, f"{ratio:.1f}") for name, ratio in growth.items()],
    )
    yield ResultTable(
        f"{next(iter(hard.values())).cases} hard cases",
        ("", "exactly right", "precision", "recall", "F1"),
        [
            (name, f"{h.exactly_right:.1%}", *(f"{x:.3f}" for x in (h.precision, h.recall, h.f1)))
            for name, h in hard.items()
        ],
    )
    if not articles:
        return
    rows = []
    for name, a in articles.items():
        rates = (a.lower_case_start, a.cut_after_abbreviation, a.over_80_words, a.missed_stop)
        cells = (f"{a.sentences:,}", *(f"{rate:.2f}" for rate in rates))
        rows.append((name, *cells, f"{a.megabytes_a_second:.1f}", f"{a.speed_ratio:.1f}"))
    yield ResultTable(
        "Articles: suspicious patterns per 1,000 sentences, and speed",
        ("", "sentences", "lower case", "abbreviation", "long", "missed", "MB/s", "ratio"),
        rows,
        caption="starts in lower case; one or two words that end with an abbreviation; over 80 "
        "words; a clear boundary missed",
    )


def main() -> None:
    """Run the comparison from the command line."""
    parser = new_parser("Compare sentence splitters.")
    add_data(parser, required=False)
    parser.add_argument("--articles", type=int, default=2000, help="articles to read (2000)")
    options = parser.parse_args()

    texts = []
    if options.data:
        texts = list(read_articles(articles_file(parser, options.data), options.articles))
    hard = {name: measure_hard_cases(split) for name, split in SPLITTERS.items()}
    articles = measure_articles(texts) if texts else {}
    growth = measure_growth()
    for table in tables(hard, growth, articles):
        table.show()
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
