"""Shared by the readers of original corpora: rows, spans that keep their words, splits, files.

A row is what `sayso.training.corpora` reads: `id`, `doc`, `text`, `labels`, `spans` and further
fields of the corpus. Offsets are half-open and count code points of `text`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha1
from pathlib import Path
from typing import Any

from sayso.errors import CorpusError, InputError
from sayso.training.corpora import normalized

Row = dict[str, Any]
Splits = dict[str, list[Row]]
"""Name of a split to its rows, in the corpus's order."""
Rule = tuple[re.Pattern[str], str]
"""A pattern, and the literal text that replaces its matches."""

SPLITS = ("train", "dev", "test")

ONE_SPACE: Rule = (re.compile(r"\s+"), " ")
NO_EDGES: Rule = (re.compile(r"\A\s+|\s+\Z"), "")


@dataclass(frozen=True, slots=True)
class Span:
    """A marked range of a text, its type, and further fields of the corpus."""

    start: int
    end: int
    type: str
    more: Mapping[str, str] = field(default_factory=dict)


def fold(document: str) -> int:
    """The fold of a document, 0 to 9: the same for all its sentences, on every machine."""
    return int(sha1(document.encode()).hexdigest(), 16) % 10


def tidy(
    text: str, spans: Iterable[Span], rules: Iterable[Rule], where: str
) -> tuple[str, list[Span]]:
    """Apply the rules one after the other, and move the spans with their words.

    Raises:
        CorpusError: a span is empty, or a rule changed its letters, so that it would no longer
            mark what was annotated.
    """
    marked, tidied = list(spans), text
    ranges = [(span.start, span.end) for span in marked]
    for pattern, put in rules:
        tidied, positions = _replaced(tidied, pattern, put)
        ranges = [(positions[start], positions[end]) for start, end in ranges]
    ranges = [stripped(tidied, start, end) for start, end in ranges]
    moved = [
        replace(span, start=start, end=end)
        for span, (start, end) in zip(marked, ranges, strict=True)
    ]
    for before, after in zip(marked, moved, strict=True):
        annotated = text[before.start : before.end]
        if after.start >= after.end or normalized(annotated) != normalized(
            tidied[after.start : after.end]
        ):
            raise CorpusError(
                f"{where}: {annotated!r}, marked {before.type}, became "
                f"{tidied[after.start : after.end]!r}; expected the same words"
            )
    return tidied, moved


def _replaced(text: str, pattern: re.Pattern[str], put: str) -> tuple[str, list[int]]:
    """The text with every match replaced, and the new position of each position of the old one."""
    result, positions = "", list[int]()
    for match in pattern.finditer(text):
        kept = text[len(positions) : match.start()]
        positions += range(len(result), len(result) + len(kept))
        result += kept
        positions += (len(result) + min(offset, len(put)) for offset in range(len(match[0])))
        result += put
    rest = text[len(positions) :]
    positions += range(len(result), len(result) + len(rest) + 1)
    return result + rest, positions


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """A range of a text without white space at its edges."""
    words = text[start:end]
    return end - len(words.lstrip()), start + len(words.rstrip())


def make_row(
    identity: str,
    text: str,
    labels: Mapping[str, int],
    spans: Iterable[Span],
    *,
    where: str,
    doc: str | None = None,
    **more: Any,
) -> Row:
    """A row, without what is None or empty among `doc` and `more`.

    Raises:
        CorpusError: the text is empty, or a span is outside of it.
    """
    if not text.strip():
        raise CorpusError(f"{where}: found no text; expected a sentence")
    marks = []
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            raise CorpusError(
                f"{where}: span {span.start} to {span.end} is outside of the text, which has "
                f"{len(text)} characters"
            )
        marks.append({"start": span.start, "end": span.end, "type": span.type, **span.more})
    row = {"id": identity, "doc": doc, "text": text, "labels": dict(labels), "spans": marks, **more}
    return {name: value for name, value in row.items() if value is not None and value != ""}


def without_repeats(
    splits: Splits, key: Callable[[str], str] = normalized, thinned: Collection[str] = SPLITS
) -> Splits:
    """Leave out rows with the text of an earlier row, in the order test, dev, train.

    Only the splits named in `thinned` lose rows.
    """
    seen: set[str] = set()
    kept: Splits = {name: [] for name in SPLITS}
    for name in reversed(SPLITS):
        for row in splits.get(name, []):
            text = key(row["text"])
            if name not in thinned or text not in seen:
                kept[name].append(row)
            seen.add(text)
    return kept


def write_splits(splits: Splits, folder: Path) -> None:
    """Write `SPLIT.jsonl` for each split into a folder, which is made.

    Raises:
        InputError: one of the files exists, or the folder cannot be written to.
    """
    files = {name: folder / f"{name}.jsonl" for name in splits}
    for path in files.values():
        if path.exists():
            raise InputError(f"{path} exists; name another folder, or remove it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in files.items():
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in splits[name])
            path.write_text("".join(lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error}") from error


def summary(splits: Splits) -> str:
    """A line for each split: rows, documents, spans, and the positives of each label."""
    lines = []
    for name, rows in splits.items():
        documents = {row["doc"] for row in rows if "doc" in row}
        judged = Counter(label for row in rows for label in row["labels"])
        positive = Counter(label for row in rows for label in row["labels"] if row["labels"][label])
        counts = [f"{label} {positive[label]} of {judged[label]}" for label in judged]
        spans = sum(len(row["spans"]) for row in rows)
        start = f"{name}: {len(rows)} rows, {len(documents)} documents, {spans} spans"
        lines.append("; ".join([start, *counts]))
    return "\n".join(lines)
