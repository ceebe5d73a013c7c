"""The Szeged Uncertainty Corpus 2.0: sentences with cues of semantic uncertainty.

The format of `factbank.xml` and `wiki.xml`:

    <Annotation><DocumentSet>
      <Document><DocID>...</DocID>
        <DocumentPart type="Title|Text|unknown">
          <Sentence id="S1.1">It <ccue type="speculation_modal_probable_">may</ccue> ...</Sentence>

The five cue types end in `_`, some with a space before it. The files have no official split of
FactBank and of the Wikipedia part: documents are split 80/10/10 by the digest of their id, and
`fold` is for cross-validation. For the Wikipedia part the documents of the CoNLL-2010 evaluation
set can be named, which then are the test split.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from pathlib import Path

from sayso.errors import CorpusError
from training.tools.corpora.rows import (
    NO_EDGES,
    ONE_SPACE,
    Row,
    Rule,
    Span,
    Splits,
    fold,
    make_row,
    tidy,
    without_repeats,
)

CUE_CLASSES = {
    "modal_probable": "epistemic",
    "modal_possible": "epistemic",
    "hypo_doxastic": "doxastic",
    "hypo_condition": "condition",
    "hypo_investigation": "investigation",
}
"""Cue type, without `speculation_`, to its class, which is a label."""
HEDGES = {"epistemic", "doxastic"}
"""The classes that count as hedging in news; they make the label `hedge`."""

# Some texts are tokenized; these rules join the tokens.
_RULES: tuple[Rule, ...] = (
    ONE_SPACE,
    (re.compile(r"``\s?"), '"'),
    (re.compile(r"\s?''(?!\w)"), '"'),
    (re.compile(r"\s(?=n't\b)"), ""),
    (re.compile(r"\s(?=[,;:!?)\]])"), ""),
    (re.compile(r"\s(?=\.(?:[\s\"')]|\Z))"), ""),
    (re.compile(r"(?<=[(\[])\s"), ""),
    NO_EDGES,
)


def read_szeged(source: Path, name: str, test_documents: Collection[str] = ()) -> Splits:
    """The rows of one file of the corpus; `name` (`factbank`, `wiki`) begins their ids.

    If `test_documents` are named they are the test split, and a tenth of the others is dev.

    Raises:
        CorpusError: the file cannot be read, is not of the form above, or has none of the test
            documents.
    """
    splits: Splits = {"train": [], "dev": [], "test": []}
    found: set[str] = set()
    for number, (document, part, sentence, where) in enumerate(_sentences(source)):
        found.add(document)
        row = _row(sentence, f"szeged-{name}-{number:05d}", document, part, where)
        if row is None:
            continue
        if test_documents:
            split = "test" if document in test_documents else "dev" if row["fold"] == 1 else "train"
        else:
            split = {0: "test", 1: "dev"}.get(row["fold"], "train")
        splits[split].append(row)
    if not found:
        raise CorpusError(f"{source}: found no sentence; expected Document, DocumentPart, Sentence")
    if test_documents and found.isdisjoint(test_documents):
        raise CorpusError(f"{source}: has none of the {len(test_documents)} test documents")
    return without_repeats(splits, key=str.lower)


def read_document_ids(path: Path) -> set[str]:
    """Document ids from a file with one on each line, or from XML that has them as `DocID`.

    The shared task's own evaluation file was not available. If its ids are not those of `wiki.xml`,
    `read_szeged` raises an error, and a plain list of ids is needed.

    Raises:
        CorpusError: the file cannot be read, or names no document.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from error
    if text.lstrip().startswith("<"):
        ids = {(element.text or "").strip() for element in _parse(path).iter("DocID")}
    else:
        ids = {line.strip() for line in text.splitlines()}
    if not ids - {""}:
        raise CorpusError(
            f"{path}: names no document; expected an id on each line, or XML with DocID"
        )
    return ids - {""}


def _parse(path: Path) -> ET.Element:
    try:
        return ET.parse(path).getroot()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error}; expected an XML file") from error
    except ET.ParseError as error:
        line, _ = error.position
        raise CorpusError(f"{path}:{line}: not XML: {error}") from error


def _sentences(path: Path) -> Iterator[tuple[str, str, ET.Element, str]]:
    """Yield document, part, sentence and its position.

    The files are one long line, so a position is a document and a sentence.
    """
    for document in _parse(path).iter("Document"):
        name = (document.findtext("DocID") or "").strip()
        if not name:
            raise CorpusError(f"{path}: a Document has no DocID; expected its id")
        for part in document.iter("DocumentPart"):
            for sentence in part:
                where = f"{path}: document {name}, sentence {sentence.get('id', '?')}"
                if sentence.tag.lower() != "sentence":
                    raise CorpusError(f"{where}: found {sentence.tag}; expected Sentence")
                yield name, part.get("type", "unknown"), sentence, where


def _row(sentence: ET.Element, identity: str, document: str, part: str, where: str) -> Row | None:
    """The row of a sentence; None for titles, which do not hedge, and lines without letters."""
    text, spans = _marked(sentence, where)
    if part == "Title" or not any(character.isalpha() for character in text):
        return None
    text, spans = tidy(text, spans, _RULES, where)
    classes = {CUE_CLASSES[span.more["subtype"]] for span in spans}
    labels = {"uncertain": int(bool(classes))}
    labels |= {name: int(name in classes) for name in dict.fromkeys(CUE_CLASSES.values())}
    labels["hedge"] = int(bool(classes & HEDGES))
    return make_row(
        identity, text, labels, spans, where=where, doc=document, part=part, fold=fold(document)
    )


def _marked(sentence: ET.Element, where: str) -> tuple[str, list[Span]]:
    """The unchanged text of a sentence, and its cues."""
    pieces: list[str] = [sentence.text or ""]
    spans: list[Span] = []
    for element in sentence:
        start = sum(map(len, pieces))
        words = "".join(element.itertext())
        if element.tag != "ccue" or len(element):
            raise CorpusError(f"{where}: found {element.tag}; expected text and plain ccue only")
        subtype = element.get("type", "").removeprefix("speculation_").rstrip(" _")
        if subtype not in CUE_CLASSES:
            raise CorpusError(
                f"{where}: cue {words!r} has the type {element.get('type')!r}; expected "
                f"{', '.join(f'speculation_{name}' for name in CUE_CLASSES)}, as in version 2.0"
            )
        if words.strip():
            spans.append(Span(start, start + len(words), "hedge_cue", {"subtype": subtype}))
        pieces += [words, element.tail or ""]
    return "".join(pieces), spans
