"""Scored articles, from new reports or from records that were written before."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.documents.documents import Unreadable
from sayso.documents.find_files import BAD_ROWS, InputFile
from sayso.documents.lines import raw_lines
from sayso.documents.streams import open_input
from sayso.documents.utf8 import decode
from sayso.engine.report import count_words
from sayso.errors import InputError
from sayso.labels import KIND_INFO, LABEL_INFO

_NEEDED = ("model", "thresholds", "sentences", "input")


@dataclass(frozen=True, slots=True)
class SentenceCounts:
    """How many words a sentence has, and how many marks of each label."""

    words: int
    marks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Article:
    """A scored article. `columns` are those of its row; `flagged` and `kinds` count sentences."""

    columns: Mapping[str, Any]
    sentences: Sequence[SentenceCounts]
    flagged: Mapping[str, int]
    kinds: Mapping[str, int]
    labels: Sequence[str]
    model: str


def is_scored(source: InputFile) -> bool:
    """Whether a file of JSON Lines holds records that `sayso score` has written.

    The first record decides; before it there may be rows that could not be scored.
    """
    failed = False
    for _, row in _rows(source):
        if not _is_error(row):
            return isinstance(row, dict) and all(key in row for key in _NEEDED)
        failed = True
    return failed


def not_scored(source: InputFile) -> int:
    """How many rows could not be scored: those in the file of bad rows beside a file of records."""
    path = Path(source.name + BAD_ROWS)
    if not path.is_file():
        return 0
    with path.open("rb") as stream:
        return sum(1 for _ in stream)


def read_scored(source: InputFile) -> Iterator[Article | Unreadable]:
    """The articles of a file of records; `Unreadable` for one that was not scored."""
    for number, row in _rows(source):
        if _is_error(row):
            yield Unreadable(source.name, number, f"was not scored: {row['error']}")
            continue
        try:
            yield article_of(row)
        except (KeyError, TypeError, AttributeError):
            yield Unreadable(source.name, number, "is not a record of a scored document")


def _rows(source: InputFile) -> Iterator[tuple[int, Any]]:
    """The number and the value of each line that is not blank; None for what is not JSON."""
    with open_input(source.name) as stream:
        for line in raw_lines(stream):
            if line.data.strip():
                try:
                    row = json.loads(decode(line.data))
                except (ValueError, RecursionError, InputError):
                    row = None
                yield line.number, row


def _is_error(row: Any) -> bool:
    """Whether it keeps the place of a document that could not be scored."""
    return (
        isinstance(row, dict)
        and isinstance(row.get("error"), str)
        and {"source", "line"} <= row.keys()
    )


def article_of(row: Any) -> Article:
    """The article of a record; raises KeyError, TypeError or AttributeError if it is none."""
    sentences = row["sentences"]
    return Article(
        dict(row["input"]),
        [
            SentenceCounts(
                count_words(sentence["text"]),
                Counter(found["label"] for found in sentence["evidence"]),
            )
            for sentence in sentences
        ],
        Counter(label for sentence in sentences for label in sentence["flags"]),
        Counter(KIND_INFO[sentence["kind"]].id for sentence in sentences if sentence["kind"]),
        [LABEL_INFO[label].id for label in row["thresholds"]],
        str(row["model"]),
    )
