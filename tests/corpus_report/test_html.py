import io
import xml.etree.ElementTree as ET

from sayso.corpus_report.aggregate import Aggregate
from sayso.corpus_report.articles import SentenceCounts
from sayso.corpus_report.html import write_report
from sayso.labels import HEDGING
from tests.corpus_report.test_aggregate import article


def page(aggregate: Aggregate) -> str:
    stream = io.StringIO()
    write_report(aggregate, "A <corpus>", stream)
    return stream.getvalue()


def test_the_page_has_a_chart_for_each_view() -> None:
    aggregate = Aggregate("outlet", "date")
    for number in range(50):
        columns = {"outlet": f"<b>{number}", "date": f"2024-0{number % 9 + 1}-01"}
        aggregate.add(article(SentenceCounts(10, {HEDGING: number % 3}), **columns))
    written = page(aggregate)
    assert "<title>A &lt;corpus&gt;</title>" in written
    assert "&lt;b&gt;0" in written
    assert "<b>" not in written
    plots = [f"<svg{part.partition('</svg>')[0]}</svg>" for part in written.split("<svg")[1:]]
    assert [plot.partition('"')[2].partition('"')[0].split()[2] for plot in plots] == [
        *("720", "330", "330", "330"),  # by group, a plot for each label on a phone
        *("720", "330"),  # over time
        *("720", "330", "330", "330"),  # by position
    ]
    for plot in plots:
        root = ET.fromstring(plot)
        assert root.attrib["aria-label"]
    assert "Shown are the 40 with the most articles, of 50." in written


def test_missing_columns_are_named() -> None:
    aggregate = Aggregate("outlet", "date")
    aggregate.add(article(SentenceCounts(10, {})))
    written = page(aggregate)
    assert "No article has a column &#39;outlet&#39;" in written
    assert "No article has a date in a column &#39;date&#39;" in written
