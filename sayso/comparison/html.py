"""`sayso compare --format html`: two texts side by side."""

from typing import TextIO

from sayso.comparison.comparison import Comparison, Row
from sayso.comparison.terminal import NOT_VERSIONS, change_text
from sayso.documents.documents import location
from sayso.engine.report import Sentence
from sayso.reports.html.figures import strip
from sayso.reports.html.highlighted import marked
from sayso.reports.html.layout import foot, head, heading, text
from sayso.reports.wording import flagged_from, label_name


def write_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Write a page that holds both texts, sentence beside sentence where they are versions."""
    names = [heading(location(side.source)) for side in (comparison.before, comparison.after)]
    title = f"{location(comparison.before.source)} and {location(comparison.after.source)}"
    stream.write(head(title, comparison.labels, broad=True))
    stream.write(_figures(comparison))
    if not comparison.versions:
        stream.write(f'<p class="problem">{NOT_VERSIONS}</p>\n')
    columns = "".join(f"<h2>{name}</h2>" for name in names)
    stream.write(f'<div class="sides">\n<div class="pair heads">{columns}</div>\n')
    if comparison.versions:
        stream.writelines(map(_row, comparison.rows))
    else:
        sides = [side.report.sentences for side in (comparison.before, comparison.after)]
        cells = "".join(f"<div>{''.join(map(_sentence, side))}</div>" for side in sides)
        stream.write(f'<div class="pair">{cells}</div>\n')
    stream.write("</div>\n")
    report = comparison.after.report
    stream.write(foot(f"{report.model}; {flagged_from(report.thresholds)}"))


def _figures(comparison: Comparison) -> str:
    rows = []
    for label in comparison.labels:
        before, after = comparison.densities(label)
        old, new = comparison.flagged(label)
        difference = round(after - before, 1)
        word = "same" if not difference else f"{difference:+.1f}".replace("-", "−")
        way = "" if not difference else "up" if difference > 0 else "down"
        sides = (comparison.before.report.sentences, comparison.after.report.sentences)
        strips = "".join(f'<td class="strip">{strip(label, side)}</td>' for side in sides)
        rows.append(
            f'<tr><th scope="row">{label_name(label)}</th><td>{old:,} → {new:,}</td>'
            f'<td>{before:.1f} → {after:.1f}</td><td class="{way}">{word}</td>{strips}</tr>\n'
        )
    return (
        '<table class="figures both">\n<thead><tr><th></th><th scope="col">flagged</th>'
        '<th scope="col">marks per 1,000 words</th><th scope="col">change</th>'
        '<th class="strip">where, before</th><th class="strip">where, after</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table>\n"
    )


def _row(row: Row) -> str:
    unchanged = row.likeness == 1 and not row.moved
    before = "" if row.before is None else _sentence(row.before)
    after = "" if row.after is None else _sentence(row.after)
    notes = [
        f'<span class="{"up" if change.direction == "stronger" else "down"}">'
        f"{text(change_text(change))}</span>"
        for change in row.changes
    ]
    if row.before is None:
        notes.append("added")
    elif row.after is None:
        notes.append("taken out")
    elif row.moved:
        notes.append(f"moved, was sentence {row.before.index + 1}")
    note = f'<p class="change">{" · ".join(notes)}</p>' if notes else ""
    if row.after is None:
        before += note
    else:
        after += note
    kind = "pair same" if unchanged else "pair"
    return f'<div class="{kind}"><div>{before}</div><div>{after}</div></div>\n'


def _sentence(sentence: Sentence) -> str:
    return f"<p>{marked(sentence)}<sup>{sentence.index + 1}</sup></p>"
