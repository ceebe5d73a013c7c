"""Reading labelled corpora: JSONL files in, examples out.

A row is an object with `text`, `labels` (name to 0 or 1, or to the share of annotators between)
and, if the corpus marks words, `spans` (`start`, `end` in code points, `type`). A row teaches
nothing about a label that it lacks.

Labels of texts that may not be redistributed come without `text`. Their rows point into a file of
articles: `article` (an id), `start` and `end` in code points, and `sha256`, the first digits of the
sentence's digest, to detect a changed text.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from nupunkt import sent_tokenize

from sayso.errors import CorpusError
from sayso.labels import KINDS, UNVERIFIED_ATTRIBUTION
from sayso.training.recipe import SENTENCES, CorpusRecipe

SplitName = Literal["train", "dev", "test"]
SHORTEST, LONGEST = 30, 400
"""Characters of an unlabelled sentence."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence and its labels.

    `targets` maps a sentence head to a probability; `spans` maps an evidence head to half-open
    code-point ranges of `text`, an empty list meaning that there is no evidence. A head that is
    absent gets no loss from this sentence.
    """

    text: str
    targets: Mapping[str, float]
    spans: Mapping[str, list[tuple[int, int]]] = field(default_factory=dict)
    kind: str | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    """The whole row, for evaluations that need its other fields."""


def read_corpus(corpus: CorpusRecipe, split: SplitName, data: Path | None) -> list[Example]:
    """The examples of one split of a corpus; `data` is the user's data directory.

    Rows of training files that the recipe holds back belong to `dev`.

    Raises:
        RecipeError: the corpus is in a data directory, and none was named.
        CorpusError: see `read_files`.
    """
    name = corpus.folder or corpus.name
    folder = SENTENCES / name if corpus.shipped else corpus.below(data, name)
    articles = corpus.below(data, corpus.articles) if corpus.articles else None
    files: tuple[str, ...] = getattr(corpus, split)
    whole = tuple(name for name in files if name not in corpus.hold_back)
    examples = read_files(corpus, whole, folder, articles=articles)
    for name, share in corpus.hold_back.items():
        if split == "dev" or name in files:
            examples += [
                example
                for example in read_files(corpus, (name,), folder, articles=articles)
                if _is_drawn(example.text, share) == (split == "dev")
            ]
    if split == "train" and corpus.unlabelled:
        examples += read_unlabelled(corpus.below(data, corpus.unlabelled))
    return examples


@cache
def read_unlabelled(articles: Path) -> tuple[Example, ...]:
    """The unlabelled sentences of a file of articles, each once, without fragments and lists."""
    texts = [
        str(sentence).strip()
        for text in _articles(articles).values()
        for sentence in sent_tokenize(text)
    ]
    return tuple(
        Example(text, {})
        for text in dict.fromkeys(texts)
        if "\n" not in text and SHORTEST <= len(text) <= LONGEST
    )


@cache
def _articles(file: Path) -> Mapping[str, str]:
    """The text of each article by its id; cached, since several corpora share one large file."""
    return {row["id"]: row["text"] for _, row in read_rows(file)}


def read_files(
    corpus: CorpusRecipe, files: tuple[str, ...], folder: Path, *, articles: Path | None = None
) -> list[Example]:
    """The examples of some files of a corpus, in their order; `folder` holds `FILE.jsonl`.

    `articles` is the file that the rows point into, if they do.

    Raises:
        CorpusError: a file is missing, a line is no JSON object, a row has no text, or a span is
            outside of the text; the message names file and line.
    """
    rows = [
        (f"{path}:{line}", row)
        for path in (folder / f"{name}.jsonl" for name in files)
        for line, row in read_rows(path)
    ]
    if articles is not None:
        texts = _articles(articles) if rows else {}
        rows = [(where, row | {"text": _pointed_at(row, texts, where)}) for where, row in rows]
    return [_example(row, corpus, where) for where, row in rows]


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and row of a JSONL file.

    Raises:
        CorpusError: there is no such file, or a line is not a JSON object.
    """
    # Takes seconds to import; who only needs `normalized` or `Example` does not wait for it.
    from datasets import load_dataset
    from datasets.exceptions import DatasetGenerationError

    if not path.is_file():
        raise CorpusError(f"no corpus file {path}; --data must name the directory of the corpora")
    rows = load_dataset("json", data_files=str(path), split="train", streaming=True)
    try:
        yield from enumerate(rows, start=1)
    except (DatasetGenerationError, ValueError, TypeError) as error:
        raise CorpusError(_first_bad_line(path) or f"{path}: unreadable: {error}") from error


def _first_bad_line(path: Path) -> str | None:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
            except ValueError as error:
                return f"{path}:{number}: not JSON ({error}); expected one object a line"
            if not isinstance(row, dict):
                return f"{path}:{number}: found {type(row).__name__}; expected one object a line"
    return None


def _example(row: dict[str, Any], corpus: CorpusRecipe, where: str) -> Example:
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise CorpusError(f"{where}: the row has no text; expected a non-empty string in 'text'")
    targets: dict[str, float] = {}
    for name, head in corpus.labels.items():
        value = _look_up(row, name)
        if value is None:
            continue
        if isinstance(value, str) or not 0 <= value <= 1:
            raise CorpusError(f"{where}: label {name!r} is {value!r}; expected 0 to 1")
        targets[head] = float(value)
    return Example(
        text=text,
        targets=targets,
        spans=_spans(row, corpus, targets, where),
        kind=_kind(row, targets, where) if corpus.kinds else None,
        row=row,
    )


def _pointed_at(row: Mapping[str, Any], texts: Mapping[str, str], where: str) -> str:
    article = str(row.get("article"))
    if article not in texts:
        raise CorpusError(f"{where}: there is no article {article!r}; expected one of news_text")
    sentence = texts[article][row["start"] : row["end"]]
    if not sha256(sentence.encode()).hexdigest().startswith(row["sha256"]):
        raise CorpusError(
            f"{where}: article {article!r} differs at {row['start']} to {row['end']} from the "
            "labelled text; expected the articles as they were when they were labelled"
        )
    return sentence


def _is_drawn(text: str, share: float) -> bool:
    """Whether a text is in a share of all texts, chosen by a hash."""
    return int.from_bytes(sha256(text.encode()).digest()[:4]) < share * 2**32


def normalized(text: str) -> str:
    """Only the letters and digits of a text, in lower case: equal for the same sentence, however
    each corpus writes it.
    """
    return "".join(character for character in text.lower() if character.isalnum())


def has_values(row: Mapping[str, Any], values: Mapping[str, int | str]) -> bool:
    """Whether each named label, or else field, of a row has the value."""
    known = {**row, **(row.get("labels") or {})}
    return all(known.get(name) == value for name, value in values.items())


def _look_up(row: Mapping[str, Any], name: str) -> Any:
    """A label by its name in `labels`, or anywhere in the row by a dotted path."""
    if "." not in name:
        return (row.get("labels") or {}).get(name)
    value: Any = row
    for part in name.split("."):
        value = (value or {}).get(part)
    return value


def _spans(
    row: Mapping[str, Any], corpus: CorpusRecipe, targets: Mapping[str, float], where: str
) -> dict[str, list[tuple[int, int]]]:
    spans: dict[str, list[tuple[int, int]]] = {head: [] for head in corpus.spans.values()}
    for span in row.get("spans") or []:
        start, end = span["start"], span["end"]
        if not 0 <= start < end <= len(row["text"]):
            raise CorpusError(
                f"{where}: span {start} to {end} is outside of the text, "
                f"which has {len(row['text'])} characters"
            )
        if span["type"] in corpus.spans:
            spans[corpus.spans[span["type"]]].append((start, end))
    if not corpus.spans_complete:
        positive = any(target >= 0.5 for target in targets.values())
        spans = {head: found for head, found in spans.items() if found or not positive}
    return spans


def _kind(row: Mapping[str, Any], targets: Mapping[str, float], where: str) -> str | None:
    kind = row.get("kind")
    if targets.get(UNVERIFIED_ATTRIBUTION) != 1 or kind is None:
        return None
    if kind not in KINDS:
        raise CorpusError(f"{where}: kind is {kind!r}; expected one of {', '.join(KINDS)}")
    return str(kind)
