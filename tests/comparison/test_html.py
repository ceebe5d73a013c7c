import io

from sayso.comparison.comparison import ComparedText, Comparison
from sayso.comparison.html import write_comparison
from sayso.labels import HEDGING
from tests.reports.sample_reports import report, sentence


def test_the_page_shows_both_texts_as_text() -> None:
    nasty = sentence("<script>alert(1)</script> may be.", 0, 0, marks={HEDGING: ["may"]})
    stream = io.StringIO()
    text = ComparedText("a.txt", report(nasty))
    write_comparison(Comparison(text, text), stream)
    page = stream.getvalue()
    assert "<script" not in page
    assert '<mark class="hedging" title="hedging">may</mark>' in page
