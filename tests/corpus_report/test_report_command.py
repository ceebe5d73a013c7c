import io
import json
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.corpus_report.aggregate import Aggregate
from sayso.corpus_report.articles import Article, SentenceCounts
from sayso.corpus_report.charts import Scale
from sayso.corpus_report.density import DensityEstimate
from sayso.corpus_report.html import write_report
from sayso.errors import InputError
from sayso.labels import LABELS

HEDGING, ATTRIBUTION, FRAMING = LABELS


def article(*sentences: SentenceCounts, **columns) -> Article:
    return Article(columns, sentences, {HEDGING: 1}, {"unnamed": 1}, LABELS, "model-1")


def test_a_rate_is_marks_per_1000_words():
    rate = DensityEstimate()
    rate.add(100, {HEDGING: 3})
    assert rate.density(HEDGING) == 30
    assert rate.interval(HEDGING) == (30, 30)  # one document tells nothing of chance
    assert rate.density(FRAMING) == 0


def test_the_margin_is_that_of_a_ratio_over_documents():
    rate = DensityEstimate()
    for words, marks in ((100, 2), (200, 3), (100, 1)):
        rate.add(words, {HEDGING: marks})
    # By hand: r = 6/400; residuals .5, 0, -.5; variance .5 * 3/2 / 400².
    margin = 1000 * 1.96 * (0.5 * 1.5) ** 0.5 / 400
    assert rate.interval(HEDGING) == pytest.approx((15 - margin, 15 + margin))


DOCUMENTS = st.lists(st.tuples(st.integers(1, 500), st.integers(0, 20)), max_size=20)


@given(DOCUMENTS, DOCUMENTS)
def test_merging_is_adding(first, second):
    whole, left, right = DensityEstimate(), DensityEstimate(), DensityEstimate()
    for part, documents in ((left, first), (right, second)):
        for words, marks in documents:
            part.add(words, {HEDGING: marks})
            whole.add(words, {HEDGING: marks})
    left.merge(right)
    assert left.documents == whole.documents
    assert left.interval(HEDGING) == pytest.approx(whole.interval(HEDGING))
    low, high = whole.interval(HEDGING)
    assert low <= whole.density(HEDGING) <= high


def test_articles_are_counted_by_group_time_and_position():
    aggregate = Aggregate("outlet", "date")
    start, end = SentenceCounts(10, {HEDGING: 1}), SentenceCounts(10, {FRAMING: 2})
    aggregate.add(
        article(start, SentenceCounts(80, {}), end, outlet="A", date="2024-02-03T10:00:00Z")
    )
    aggregate.add(article(start, outlet="B", date="2024-02"))
    aggregate.add(article(end, outlet="", date="last week"))
    assert list(aggregate.groups) == ["A", "B"]
    assert aggregate.groups["A"].density(FRAMING) == 20
    assert (aggregate.without_group, aggregate.without_date) == (1, 1)
    unit, periods = aggregate.periods()
    assert unit == "day"
    assert list(periods) == [date(2024, 2, 1), date(2024, 2, 3)]
    assert aggregate.positions[0].density(HEDGING) == 100
    assert aggregate.positions[9].density(FRAMING) == 200
    assert aggregate.sentences == 5


@pytest.mark.parametrize(
    ("days", "unit", "first"),
    [
        (["2024-02-03", "2024-03-01"], "day", date(2024, 2, 3)),
        (["2024-02-03", "2024-06-01"], "month", date(2024, 2, 1)),
        (["2004-02-03", "2024-06-01"], "year", date(2004, 1, 1)),
    ],
)
def test_periods_are_as_long_as_the_corpus_asks_for(days, unit, first):
    aggregate = Aggregate("outlet", "date")
    for day in days:
        aggregate.add(article(SentenceCounts(10, {}), date=day))
    found, periods = aggregate.periods()
    assert (found, min(periods)) == (unit, first)


def test_a_column_that_groups_nothing_is_refused():
    aggregate = Aggregate("url", "date")
    with pytest.raises(InputError, match="more than 10,000 values"):
        for number in range(10_001):
            aggregate.add(article(SentenceCounts(1, {}), url=number))


@given(st.floats(0, 1e6))
def test_a_scale_ends_above_the_largest_value(largest):
    scale = Scale(largest, 0, 100)
    assert scale.end >= largest * (1 - 1e-6)
    assert 2 <= len(scale.ticks) <= 6
    assert scale(0) == 0
    assert scale(scale.end) == 100


def page(aggregate: Aggregate) -> str:
    stream = io.StringIO()
    write_report(aggregate, "A <corpus>", stream)
    return stream.getvalue()


def test_the_page_has_a_plot_for_each_view():
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


def test_what_is_missing_is_said():
    aggregate = Aggregate("outlet", "date")
    aggregate.add(article(SentenceCounts(10, {})))
    written = page(aggregate)
    assert "No article has a column &#39;outlet&#39;" in written
    assert "No article has a date in a column &#39;date&#39;" in written


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [
        {"text": "It may rain.", "outlet": "A", "date": "2024-01-02"},
        {"text": "Officials said so.", "outlet": "B", "date": "2024-02-02"},
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    folder = tmp_path / "scored"
    folder.mkdir()
    args = ["--format", "jsonl", "--output", folder / "rows.jsonl"]
    assert run("score", "rows.jsonl", *args).code == 0
    return folder


def test_scored_records_and_rows_give_the_same_report(run, corpus):
    first = run("report", corpus, "--title", "T")
    second = run("report", "rows.jsonl", "--title", "T")
    assert first == second
    assert first.code == 0
    assert "2 articles, 2 sentences" in first.out
    assert ">A</text>" in first.out


def test_texts_are_grouped_by_their_folders(run, tmp_path):
    for outlet in ("Post", "Wire"):
        (tmp_path / outlet).mkdir()
        (tmp_path / outlet / "a.txt").write_text("It may rain.")
    outcome = run("report", tmp_path, "--output", tmp_path / "r.html")
    assert (outcome.code, outcome.out) == (0, "")
    written = (tmp_path / "r.html").read_text()
    assert ">Post</text>" in written
    assert ">Wire</text>" in written


def test_rows_that_cannot_be_counted_are_told(run, corpus):
    with (corpus / "rows.jsonl").open("a") as file:
        file.write('{"source": "x", "line": 3, "error": "not UTF-8"}\n{"text": 1}\nnonsense\n')
    outcome = run("report", corpus)
    assert outcome.code == 3
    assert "rows.jsonl:3: was not scored: not UTF-8" in outcome.err
    assert "rows.jsonl:4: is no record of a scored document" in outcome.err
    assert "3 articles are left out" in outcome.err
    assert "2 articles, 2 sentences" in outcome.out


def test_the_file_of_bad_rows_beside_records_is_counted_but_no_part_of_the_corpus(run, corpus):
    (corpus / "rows.jsonl").unlink()
    with Path("rows.jsonl").open("a") as file:
        file.write("{bad\n{bad\n")
    assert run("score", "rows.jsonl", "--output", corpus / "rows.jsonl").code == 3
    assert (corpus / "rows.jsonl.bad.jsonl").is_file()
    outcome = run("report", corpus)
    assert outcome.code == 0
    assert outcome.err == (
        f"sayso: {corpus / 'rows.jsonl'}: holds all but 2 rows, which could not be scored\n"
    )
    assert "2 articles, 2 sentences" in outcome.out


def test_records_are_known_by_the_first_one_after_rows_that_failed(run, corpus):
    failed = '{"source": "x", "line": 1, "error": "not UTF-8"}\n'
    records = (corpus / "rows.jsonl").read_text()
    (corpus / "rows.jsonl").write_text(failed + records)
    outcome = run("report", corpus)
    assert outcome.code == 3
    assert "rows.jsonl:1: was not scored: not UTF-8" in outcome.err
    assert "1 article is left out" in outcome.err
    assert "2 articles, 2 sentences" in outcome.out
    assert ">A</text>" in outcome.out  # the columns are there
    (corpus / "rows.jsonl").write_text(failed)
    assert run("report", corpus).err.count("was not scored: not UTF-8") == 1


def test_nothing_to_report_on_is_2(run, tmp_path):
    (tmp_path / "a.jsonl").write_text("")
    outcome = run("report", tmp_path)
    assert (outcome.code, outcome.out) == (2, "")
