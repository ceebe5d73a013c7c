"""`sayso compare --format html`: two texts side by side."""

from typing import TextIO

from sayso.comparison.comparison import NOT_VERSIONS, Comparison
from sayso.documents.documents import location
from sayso.reports.html.rendering import render
from sayso.reports.wording import flagged_from


def write_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Write a page that holds both texts, sentence beside sentence where they are versions."""
    names = [location(text.source) for text in (comparison.before, comparison.after)]
    report = comparison.after.report
    page = render(
        "comparison.html",
        title=" and ".join(names),
        names=names,
        labels=comparison.labels,
        comparison=comparison,
        not_versions=NOT_VERSIONS,
        notes=[f"{report.model}; {flagged_from(report.thresholds)}"],
    )
    stream.write(page)
