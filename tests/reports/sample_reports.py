"""Reports made by hand, for tests of what is written."""

from hypothesis import strategies as st

from sayso.engine.report import Evidence, Report, ReportWarning, Sentence, summarize
from sayso.labels import LABELS


def sentence(
    text: str,
    start: int = 0,
    index: int = 0,
    *,
    marks: dict[str, list[str]] | None = None,
    kind: str | None = None,
    quoted: bool = False,
) -> Sentence:
    """A sentence at `start`, with the first place of each word given for a label as evidence."""
    marks = marks or {}
    found = [
        Evidence(label, start + text.index(word), start + text.index(word) + len(word), 0.9, quoted)
        for label, words in marks.items()
        for word in words
    ]
    return Sentence(
        index=index,
        start=start,
        end=start + len(text),
        text=text,
        scores={label: 0.91 if label in marks else 0.02 for label in LABELS},
        flags=tuple(label for label in LABELS if label in marks),
        evidence=tuple(sorted(found, key=lambda one: (one.start, one.end))),
        kind=kind,
    )


def report(*sentences: Sentence, warnings: tuple[ReportWarning, ...] = ()) -> Report:
    return Report(
        model="handmade-1+00000000",
        offset_unit="codepoint",
        thresholds=dict.fromkeys(LABELS, 0.5),
        sentences=sentences,
        summary=summarize(sentences, LABELS),
        warnings=warnings,
    )


@st.composite
def marked_sentences(draw: st.DrawFn, min_size: int = 0) -> Sentence:
    """Any text with any evidence, which may overlap; `min_size` is the text's in characters."""
    text, offset = draw(st.text(min_size=min_size, max_size=40)), draw(st.integers(0, 100))
    places = st.tuples(st.sampled_from(LABELS), st.integers(0, 40), st.integers(0, 40))
    evidence = tuple(
        Evidence(label, offset + start, offset + min(end, len(text)), 0.9, False)
        for label, start, end in draw(st.lists(places, max_size=6))
        if start < min(end, len(text))
    )
    return Sentence(0, offset, offset + len(text), text, {}, (), evidence)
