from datetime import date

import pytest

from sayso.corpus_report.aggregate import Aggregate
from sayso.corpus_report.articles import Article, SentenceCounts
from sayso.errors import InputError
from sayso.labels import HEDGING, LABELS
from sayso.labels import LOADED_FRAMING as FRAMING


def article(*sentences: SentenceCounts, **columns: object) -> Article:
    return Article(columns, sentences, {HEDGING: 1}, {"unnamed": 1}, LABELS, "model-1")


def test_articles_are_counted_by_group_time_and_position() -> None:
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
def test_long_corpora_have_long_periods(days: list[str], unit: str, first: date) -> None:
    aggregate = Aggregate("outlet", "date")
    for day in days:
        aggregate.add(article(SentenceCounts(10, {}), date=day))
    found, periods = aggregate.periods()
    assert (found, min(periods)) == (unit, first)


def test_a_column_with_too_many_values_is_refused() -> None:
    aggregate = Aggregate("url", "date")
    with pytest.raises(InputError, match="more than 10,000 values"):
        for number in range(10_001):
            aggregate.add(article(SentenceCounts(1, {}), url=number))
