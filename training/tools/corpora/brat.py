"""Standoff annotation as the brat tool writes it: marks on a text, and relations between them.

    T5<tab>Source 75 105;110 120<tab>the words          a mark: type, code-point ranges, words
    E1<tab>Attribution:T8 Content:T7 Cue:T6 Source:T5   a relation: type, and marks in their roles

Other lines (attributes, notes) are valid in the format and ignored here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import CorpusError

_MARK = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_RELATION = re.compile(r"(E\d+)\t(\S+:T\d+(?: \S+:T\d+)*)\s*")
_SILENT = ("R", "A", "M", "N", "#", "*")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked part of the text: one or more ranges, half-open, in code points."""

    type: str
    pieces: tuple[tuple[int, int], ...]
    words: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Marks that belong together; a role may have several."""

    id: str
    type: str
    roles: Mapping[str, tuple[Mark, ...]]


def read_brat(path: Path, text: str) -> tuple[list[Mark], list[Relation]]:
    """The marks and relations of a file, checked against the text that they were made on.

    Raises:
        CorpusError: a line is not of the form above, a relation names a mark that is not there, or
            the text does not say what was marked; the message names file and line.
    """
    marks: dict[str, Mark] = {}
    events: list[tuple[str, str, str]] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        where = f"{path}:{number}"
        if mark := _MARK.fullmatch(line):
            marks[mark[1]] = _mark(mark, text, where)
        elif relation := _RELATION.fullmatch(line):
            events.append((where, relation[1], relation[2]))
        elif line.strip() and not line.startswith(_SILENT):
            raise CorpusError(
                f"{where}: found {line[:60]!r}; expected a mark (T1<tab>Cue 6 10<tab>says) or a "
                "relation (E1<tab>Attribution:T4 Cue:T2)"
            )
    return list(marks.values()), [_relation(*event, marks) for event in events]


def _mark(match: re.Match[str], text: str, where: str) -> Mark:
    pieces = []
    for piece in match[3].split(";"):
        start, end = map(int, piece.split(" "))
        if not start < end <= len(text):
            raise CorpusError(
                f"{where}: {match[1]} marks {start} to {end} of a text of {len(text)} characters"
            )
        pieces.append((start, end))
    there = " ".join(text[start:end] for start, end in pieces)
    if match[4] is not None and there.split() != match[4].split():
        raise CorpusError(
            f"{where}: {match[1]} marks {match[4]!r}, but the text says {there!r} there; expected "
            "the text that was annotated, unchanged"
        )
    return Mark(match[2], tuple(pieces), " ".join(there.split()))


def _relation(where: str, identity: str, parts: str, marks: Mapping[str, Mark]) -> Relation:
    roles: dict[str, tuple[Mark, ...]] = {}
    names = [part.rsplit(":", 1) for part in parts.split(" ")]
    for role, name in names[1:]:
        if name not in marks:
            raise CorpusError(f"{where}: {identity} names {name}; expected a mark of this file")
        plain = role.rstrip("0123456789")  # a second content is written Content2
        roles[plain] = (*roles.get(plain, ()), marks[name])
    return Relation(identity, names[0][0], roles)
