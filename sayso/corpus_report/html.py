"""`sayso report`: a corpus in figures and charts, as one page."""

from typing import TextIO

from sayso.corpus_report.aggregate import Aggregate
from sayso.corpus_report.charts import by_group, by_position, over_time
from sayso.reports.html.rendering import render

_MAX_GROUPS = 40
_ISO_LENGTH = {"year": 4, "month": 7, "day": 10}
_MARGINS = (
    "Margins are those of 95 % confidence, with articles drawn from all that might have been "
    "written. Where two margins overlap, the difference may well be chance. A figure "
    "describes the wording of these articles; it does not grade their authors."
)


def write_report(aggregate: Aggregate, title: str, stream: TextIO) -> None:
    """Write the page."""
    labels = list(aggregate.labels)
    groups = aggregate.groups
    largest = sorted(groups, key=lambda name: (-groups[name].documents, name))[:_MAX_GROUPS]
    shown = {name: groups[name] for name in sorted(largest, key=str.casefold)}
    unit, periods = aggregate.periods()
    models = ", ".join(aggregate.models)
    mixed = "These figures mix several models; they compare only within one. "
    page = render(
        "corpus_report.html",
        title=title,
        labels=labels,
        aggregate=aggregate,
        groups=shown,
        groups_chart=by_group(shown, labels) if shown else None,
        unit=unit,
        periods={day.isoformat()[: _ISO_LENGTH[unit]]: periods[day] for day in periods},
        periods_chart=over_time(periods, labels, unit) if periods else None,
        positions_chart=by_position(aggregate.positions, labels),
        notes=[f"{mixed if len(aggregate.models) > 1 else ''}{models}", _MARGINS],
    )
    stream.write(page)
