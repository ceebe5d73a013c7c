"""PolNeAR: who says what in political news; sources, cues and contents of attributions.

The format is that of the public repository. SOURCE is a copy of it, or its folder `data`:

    {train,dev,test}/text/ARTICLE.txt                     the article
    {train,dev,test}/attributions/ARTICLE_ANNOTATOR.ann   brat's standoff form (`brat.py`)
    {train,dev,test}/corenlp/ARTICLE.txt.xml              sentences, as CoreNLP cut them

Relations have the type `Attribution` or `Attribution-no-source`; `Discard` marks what is no article
text. An article without a CoreNLP file is split by nupunkt. Of several annotators the first by id
counts. The official splits are kept; the authors ask that nobody read the test part.

Quotation marks and style sheets at the edges of sentences are moved, joined or left out by rules of
this reader. The field `heur` of the rows behind Sayso's figures (guesses at unnamed speakers) came
from word lists that are not part of the corpus, so these rows lack it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from sayso.errors import CorpusError
from sayso.training.corpora import normalized
from training.tools.corpora.brat import Mark, Relation, read_brat
from training.tools.corpora.corenlp import find_sentences
from training.tools.corpora.rows import (
    NO_EDGES,
    ONE_SPACE,
    SPLITS,
    Row,
    Rule,
    Span,
    Splits,
    make_row,
    tidy,
    without_repeats,
)

KINDS = {"Attribution": "attribution", "Attribution-no-source": "no_source"}
ROLES = ("Source", "Cue", "Content")

_RULES: tuple[Rule, ...] = (ONE_SPACE, (re.compile(r"``|''"), '"'), NO_EDGES)
# Style sheets, and wrongly decoded characters.
_DEBRIS = re.compile(r"\{[^}]*:[^}]*;|\ufffd|â€|Ã[\x80-\xbf]")


def read_polnear(source: Path) -> Splits:
    """The rows of PolNeAR, one for each sentence.

    Raises:
        CorpusError: a folder or file is missing, or not of the form above; the message names it.
    """
    data = source / "data" if (source / "data").is_dir() else source
    splits: Splits = {}
    for split in SPLITS:
        folder = data / split
        if not (folder / "text").is_dir() or not (folder / "attributions").is_dir():
            raise CorpusError(
                f"{folder}: found no folders text and attributions; expected a copy of PolNeAR, "
                f"with {', '.join(SPLITS)}"
            )
        splits[split] = [row for path in _annotations(folder) for row in _rows(folder, split, path)]
    return without_repeats(splits, key=str.lower)


def _annotations(folder: Path) -> list[Path]:
    """The annotation of each article that counts."""
    chosen: dict[str, Path] = {}
    for path in sorted((folder / "attributions").glob("*.ann")):
        article, _, annotator = path.stem.rpartition("_")
        if not article or not annotator:
            raise CorpusError(f"{path}: expected a name such as ARTICLE_ANNOTATOR.ann")
        chosen.setdefault(article, path)
    if not chosen:
        raise CorpusError(f"{folder / 'attributions'}: found no annotation; expected .ann files")
    return [path for _, path in sorted(chosen.items())]


def _rows(folder: Path, split: str, path: Path) -> Iterator[Row]:
    article = path.stem.rpartition("_")[0]
    source = folder / "text" / f"{article}.txt"
    try:
        # Line ends are kept, because the marks count them.
        text = source.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{source}: cannot be read: {error}; {path.name} marks it") from error
    marks, relations = read_brat(path, text)
    for relation in relations:
        if relation.type not in KINDS:
            raise CorpusError(
                f"{path}: {relation.id} is of the type {relation.type}; expected {', '.join(KINDS)}"
            )
    discarded = [piece for mark in marks if mark.type == "Discard" for piece in mark.pieces]
    number = 0
    for start, end in find_sentences(text, folder / "corenlp" / f"{article}.txt.xml"):
        if any(a < end and start < b for a, b in discarded) or _DEBRIS.search(text, start, end):
            continue
        if not any(character.isalpha() for character in text[start:end]):
            continue
        identity = f"polnear-{split}-{article}-{number:03d}"
        yield _row(text, start, end, relations, identity, path)
        number += 1


def _row(
    text: str, start: int, end: int, relations: list[Relation], identity: str, path: Path
) -> Row:
    article, _, annotator = path.stem.rpartition("_")
    spans: list[Span] = []
    touched = []
    cues = {"attribution": False, "no_source": False}
    for relation in relations:
        kind, parts = KINDS[relation.type], set()
        for role in ROLES:
            for a, b in _pieces(relation.roles.get(role, ()), start, end):
                if normalized(text[a:b]):
                    more = {"rel": relation.id}
                    spans.append(Span(a - start, b - start, f"attribution_{role.lower()}", more))
                    parts.add(role)
        if parts:
            words = {
                role.lower(): " ".join(mark.words for mark in relation.roles.get(role, ()))
                for role in ROLES[:2]
            }
            touched.append({"id": relation.id, "kind": kind, **words, "parts": sorted(parts)})
            cues[kind] |= "Cue" in parts
    where = f"{path}: characters {start} to {end}"
    tidied, spans = tidy(text[start:end], spans, _RULES, where)
    kinds = {span.type for span in spans}
    labels = {
        "attribution": int(bool(kinds & {"attribution_cue", "attribution_content"})),
        "attribution_cue": int("attribution_cue" in kinds),
        "attribution_no_source": int(cues["no_source"]),
    }
    return make_row(
        identity,
        tidied,
        labels,
        spans,
        where=where,
        doc=article,
        relations=touched,
        publisher=article.partition("_")[0],
        annotator=annotator,
    )


def _pieces(marks: tuple[Mark, ...], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of some marks that lie in a sentence."""
    for mark in marks:
        for a, b in mark.pieces:
            if max(a, start) < min(b, end):
                yield max(a, start), min(b, end)
