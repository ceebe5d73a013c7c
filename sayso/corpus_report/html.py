"""`sayso report`: a corpus in figures and plots, as one page."""

from collections.abc import Mapping, Sequence
from typing import TextIO

from sayso.console.messages import counted
from sayso.corpus_report.aggregate import Tally
from sayso.corpus_report.charts import by_group, by_position, over_time
from sayso.corpus_report.density import Rate
from sayso.reports.html.layout import foot, head, text
from sayso.reports.wording import label_name

_MOST_GROUPS = 40


def write_report(tally: Tally, title: str, stream: TextIO) -> None:
    """Write the page."""
    labels = list(tally.labels)
    stream.write(head(title, labels))
    stream.write(_overall(tally, labels))
    stream.write(_groups(tally, labels))
    stream.write(_time(tally, labels))
    positions = by_position(tally.positions, labels)
    stream.write(
        f"<h2>By position in the article</h2>\n<figure>{positions}"
        "<figcaption>Each article is cut into ten parts with equally many words; a sentence is in "
        "the part that holds its middle.</figcaption></figure>\n"
    )
    models = ", ".join(tally.models)
    mixed = "These figures mix several models; they compare only within one. "
    stream.write(foot(f"{mixed if len(tally.models) > 1 else ''}{models}", _MARGINS))


_MARGINS = (
    "Margins are those of 95 % confidence, with articles drawn from all that might have been "
    "written. Where two margins overlap, the difference may well be chance. A figure tells how "
    "sentences were worded in these articles; it is no grade for who wrote them."
)


def _overall(tally: Tally, labels: Sequence[str]) -> str:
    size = f"{counted(tally.all.documents, 'article')}, {counted(tally.sentences, 'sentence')}"
    rows = "\n".join(
        f'<tr><th scope="row">{label_name(label)}</th><td>{tally.flagged[label]:,}</td>'
        f"<td>{tally.flagged[label] / max(1, tally.sentences):.1%}</td>"
        f"<td>{_figure(tally.all, label)}</td></tr>"
        for label in labels
    )
    kinds = " · ".join(f"{label_name(kind)} {n:,}" for kind, n in tally.kinds.most_common())
    said = f'<p class="meta">Unverified attributions by kind: {kinds}</p>\n' if kinds else ""
    return (
        f'<table class="figures">\n<thead><tr><th scope="col">{size}</th>'
        '<th scope="col">flagged</th><th scope="col">share</th>'
        '<th scope="col">marks per 1,000 words</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table>\n{said}"
    )


def _groups(tally: Tally, labels: Sequence[str]) -> str:
    title = f"<h2>By {text(tally.by)}</h2>\n"
    if not tally.groups:
        return (
            f'{title}<p class="meta">No article has a column {text(repr(tally.by))}. '
            "Name another one with --by.</p>\n"
        )
    largest = sorted(tally.groups, key=lambda name: (-tally.groups[name].documents, name))
    shown = {name: tally.groups[name] for name in sorted(largest[:_MOST_GROUPS], key=str.casefold)}
    notes = ["Marks per 1,000 words, in the order of the alphabet."]
    if len(largest) > _MOST_GROUPS:
        notes.append(f"Shown are the {_MOST_GROUPS} with the most articles, of {len(largest):,}.")
    if tally.without_group:
        notes.append(f"Without one: {counted(tally.without_group, 'article')}.")
    plot = by_group(shown, labels)
    return (
        f"{title}<figure>{plot}<figcaption>{' '.join(notes)}</figcaption></figure>\n"
        f"<details><summary>The figures</summary>{_table(shown, labels, tally.by)}</details>\n"
    )


def _time(tally: Tally, labels: Sequence[str]) -> str:
    unit, periods = tally.periods()
    title = "<h2>Over time</h2>\n"
    if not periods:
        return (
            f'{title}<p class="meta">No article has a date in a column {text(repr(tally.dated))}. '
            "Name another one with --date; dates are read as 2026-11-25, 2026-11 or 2026.</p>\n"
        )
    note = f"Marks per 1,000 words, by {unit}."
    if tally.without_date:
        note += f" Without a date that can be read: {counted(tally.without_date, 'article')}."
    named = {
        day.isoformat()[: {"year": 4, "month": 7}.get(unit, 10)]: periods[day] for day in periods
    }
    return (
        f"{title}<figure>{over_time(periods, labels, unit)}"
        f"<figcaption>{note}</figcaption></figure>\n"
        f"<details><summary>The figures</summary>{_table(named, labels, unit)}</details>\n"
    )


def _table(rates: Mapping[str, Rate], labels: Sequence[str], first: str) -> str:
    heads = "".join(f'<th scope="col">{label_name(label)}</th>' for label in labels)
    rows = "\n".join(
        f'<tr><th scope="row">{text(name)}</th><td>{rate.documents:,}</td>'
        + "".join(f"<td>{_figure(rate, label)}</td>" for label in labels)
        + "</tr>"
        for name, rate in rates.items()
    )
    return (
        f'<div class="wide"><table>\n<thead><tr><th scope="col">{text(first)}</th>'
        f'<th scope="col">articles</th>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _figure(rate: Rate, label: str) -> str:
    low, high = rate.interval(label)
    margin = "" if low == high else f" <small>({low:.1f} – {high:.1f})</small>"
    return f"{rate.density(label):.1f}{margin}"
