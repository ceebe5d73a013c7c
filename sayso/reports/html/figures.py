"""The figures of a text: a small table, and for each label where in the text it was flagged."""

from collections.abc import Sequence

from sayso.console.messages import counted
from sayso.engine.report import Sentence, Summary
from sayso.reports.html.layout import text
from sayso.reports.wording import label_name

_WIDTH, _HEIGHT = 240, 18


def summary_table(summary: Summary, sentences: Sequence[Sentence] = ()) -> str:
    """A row for each label; with a strip of its places where the sentences are given."""
    place = '<th class="strip">where, from start to end</th>' if sentences else ""
    rows = "\n".join(
        f'<tr><th scope="row">{label_name(label)}</th><td>{flagged:,}</td>'
        f"<td>{summary.shares[label]:.0%}</td><td>{summary.densities[label]:.1f}</td>"
        + (f'<td class="strip">{strip(label, sentences)}</td>' if sentences else "")
        + "</tr>"
        for label, flagged in summary.flagged.items()
    )
    kinds = " · ".join(f"{label_name(kind)} {n:,}" for kind, n in summary.kinds.items())
    said = f'<p class="meta">Unverified attributions by kind: {kinds}</p>' if kinds else ""
    size = f"{counted(summary.sentences, 'sentence')}, {counted(summary.words, 'word')}"
    return (
        f'<table class="figures">\n<thead><tr><th scope="col">{text(size)}</th>'
        '<th scope="col">flagged</th><th scope="col">share</th>'
        f'<th scope="col">marks per 1,000 words</th>{place}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table>\n{said}\n"
    )


def strip(label: str, sentences: Sequence[Sentence]) -> str:
    """The text as a bar, with a stroke as wide as each flagged sentence is long."""
    end = max(1, sum(len(sentence.text) for sentence in sentences))
    strokes, at, count = [], 0, 0
    for sentence in sentences:
        if label in sentence.flags:
            x, width = _WIDTH * at / end, max(2.0, _WIDTH * len(sentence.text) / end)
            strokes.append(
                f'<rect class="{label}" x="{x:.1f}" y="1" width="{width:.1f}" '
                f'height="{_HEIGHT - 2}" stroke="none"/>'
            )
            count += 1
        at += len(sentence.text)
    of_all = counted(len(sentences), "sentence")
    name = f"{label_name(label)}: {count} of {of_all}, at their places"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{name}">'
        f'<rect class="base" width="{_WIDTH}" height="{_HEIGHT}" rx="2"/>{"".join(strokes)}</svg>'
    )
