"""The paragraphs of a text, for those who read it: its lines, with the sentences in each."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sayso.engine.report import Sentence

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences, each with the white space before it; `apart`: a blank line goes before them."""

    sentences: Sequence[tuple[str, Sentence]]
    apart: bool


def paragraphs(text: str, sentences: Sequence[Sentence]) -> Iterator[Paragraph]:
    """The lines of a text, as far apart as they are there; all apart where none is."""
    lines = [line for line in _LINE.finditer(text) if line[0].strip()]
    gaps = [len(_BREAK.findall(text, line.end(), after.start())) for line, after in pairwise(lines)]
    solid = max(gaps, default=1) == 1
    left = deque(sentences)
    for line, gap in zip(lines, [0, *gaps], strict=False):  # an empty text has no line at all
        here: list[tuple[str, Sentence]] = []
        while left and left[0].start < line.end():
            space = " " if here and here[-1][1].end < left[0].start else ""
            here.append((space, left.popleft()))
        yield Paragraph(here, apart=gap > 1 or (gap == 1 and solid))
