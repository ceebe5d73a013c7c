"""What a report says to people, in words and figures: once, for terminal, HTML and SARIF."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sayso.console.messages import counted
from sayso.engine.report import Evidence, Sentence, Summary
from sayso.labels import KIND_INFO, LABEL_INFO, LABELS, UNVERIFIED_ATTRIBUTION

FIGURE_HEADINGS = ("flagged", "share", "marks per 1,000 words")


def figure_rows(summary: Summary) -> list[tuple[str, str, str, str]]:
    """The table of figures as it is shown: a row for each label, and a cell for each heading."""
    return [
        (label, f"{flagged:,}", f"{summary.shares[label]:.0%}", f"{summary.densities[label]:.1f}")
        for label, flagged in summary.flagged.items()
    ]


def size(summary: Summary) -> str:
    """The size of a text: `4 sentences, 19 words`."""
    return f"{counted(summary.sentences, 'sentence')}, {counted(summary.words, 'word')}"


def kind_counts(kinds: Mapping[str, int]) -> str:
    """How many unverified attributions there are of each kind."""
    return " · ".join(f"{KIND_INFO[kind].name} {number:,}" for kind, number in kinds.items())


def flagged_from(thresholds: Mapping[str, float]) -> str:
    """The scores from which labels are flagged; no thresholds means that they vary by file."""
    if not thresholds:
        return "flagged from scores that differ between files, as their settings say"
    scores = (f"{LABEL_INFO[label].name} {score:.2f}" for label, score in thresholds.items())
    return f"flagged from {', '.join(scores)}"


def details(sentence: Sentence, label: str) -> str:
    """A flag in words: `unverified attribution 0.97, unnamed, quoted`."""
    score = (sentence.scores or {})[label]
    found = [evidence for evidence in sentence.evidence if evidence.label == label]
    return ", ".join([f"{LABEL_INFO[label].name} {score:.2f}", *qualifiers(sentence, label, found)])


def qualifiers(sentence: Sentence, label: str, evidence: Sequence[Evidence]) -> list[str]:
    """The kind of an unverified attribution, and whether all of the evidence is quoted."""
    words = []
    if label == UNVERIFIED_ATTRIBUTION and sentence.kind:
        words.append(KIND_INFO[sentence.kind].name)
    if evidence and all(found.quoted for found in evidence):
        words.append("quoted")
    return words


def segments(sentence: Sentence) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    """The whole sentence, cut where evidence begins or ends; white space at cuts is unmarked.

    Each part comes with the evidence that covers it, in the order of the labels.
    """
    evidence = sorted(sentence.evidence, key=lambda found: LABELS.index(found.label))
    cuts = {offset for found in evidence for offset in (found.start, found.end)}
    ends = sorted({sentence.start, *cuts, sentence.end})
    for start, end in pairwise(ends):
        covering = tuple(found for found in evidence if found.start <= start and end <= found.end)
        text = sentence.text[start - sentence.start : end - sentence.start]
        words = text.strip()
        if not covering or not words:
            yield text, ()
        else:
            before, _, after = text.partition(words)
            parts = ((before, ()), (words, covering), (after, ()))
            yield from (part for part in parts if part[0])


_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences, each with the white space before it; `apart`: a blank line goes before them."""

    sentences: Sequence[tuple[str, Sentence]]
    apart: bool


def paragraphs(text: str, sentences: Sequence[Sentence]) -> Iterator[Paragraph]:
    """The lines of a text, spaced as in the text; all apart if it has no blank lines."""
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
