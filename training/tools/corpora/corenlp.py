"""The sentences of an article, from CoreNLP's XML, or split by nupunkt.

<root><document><sentences><sentence id="1"><tokens><token>
  <CharacterOffsetBegin>0</CharacterOffsetBegin><CharacterOffsetEnd>10</CharacterOffsetEnd>
"""

import re
import xml.etree.ElementTree as ET
from bisect import bisect_left
from itertools import accumulate, pairwise
from pathlib import Path

from nupunkt import sent_spans

from sayso.errors import CorpusError
from training.tools.corpora.rows import stripped

_BLANK_LINE = re.compile(r"\n\s*\n")
# Quotation marks on the wrong side of a boundary: `”` starts no sentence, `“` ends none, and a
# straight mark belongs to the words that it touches.
_STRAY_CLOSING = re.compile(r"(?:”|[\"'](?=\s|\Z))+")
_STRAY_OPENING = re.compile(r"(?:“|(?<=\s)\")+\Z")


def find_sentences(text: str, path: Path) -> list[tuple[int, int]]:
    """Half-open code-point ranges of the sentences, without white space at their edges.

    `path` is the CoreNLP file of the text; without one, nupunkt splits. No sentence contains a
    blank line.

    Raises:
        CorpusError: the file is not of the form above, or belongs to a longer text.
    """
    found = _from_corenlp(text, path) if path.is_file() else list(sent_spans(text))
    pieces = []
    for start, end in found:
        blanks = [match.span() for match in _BLANK_LINE.finditer(text, start, end)]
        edges = [start, *(edge for blank in blanks for edge in blank), end]
        pieces += [stripped(text, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return _with_their_quotes(text, [piece for piece in pieces if piece[0] < piece[1]])


def _from_corenlp(text: str, path: Path) -> list[tuple[int, int]]:
    try:
        sentences = ET.parse(path).getroot().iterfind("document/sentences/sentence")
        found = [
            (
                int(sentence.findtext("tokens/token/CharacterOffsetBegin", "")),
                int(sentence.findtext("tokens/token[last()]/CharacterOffsetEnd", "")),
            )
            for sentence in sentences
        ]
    except ET.ParseError as error:
        raise CorpusError(f"{path}:{error.position[0]}: not XML: {error}") from error
    except ValueError as error:
        raise CorpusError(
            f"{path}: a sentence has no tokens with CharacterOffsetBegin and CharacterOffsetEnd; "
            "expected the XML that CoreNLP writes"
        ) from error
    if not found:
        raise CorpusError(f"{path}: found no document/sentences/sentence; expected CoreNLP's XML")
    # CoreNLP is a Java program, so a character outside the basic plane should count twice; none of
    # the articles that were checked has one.
    units = [0, *accumulate(1 + (character > "\uffff") for character in text)]
    if found[-1][1] > units[-1]:
        raise CorpusError(
            f"{path}: the last sentence ends at {found[-1][1]}, but the text has {units[-1]} "
            "characters; expected the text that CoreNLP read"
        )
    return [(bisect_left(units, start), bisect_left(units, end)) for start, end in found]


def _with_their_quotes(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Move stray quotation marks to the sentence next door, if it is in the same paragraph."""
    cuts = [list(piece) for piece in pieces]
    for before, after in pairwise(cuts):
        if _BLANK_LINE.search(text, before[1], after[0]):
            continue
        if closing := _STRAY_CLOSING.match(text, after[0], after[1]):
            before[1] = closing.end()
            after[0] = closing.end()
        elif opening := _STRAY_OPENING.search(text, before[0], before[1]):
            after[0] = opening.start()
            before[1] = opening.start()
    moved = [stripped(text, start, end) for start, end in cuts]
    return [piece for piece in moved if piece[0] < piece[1]]
