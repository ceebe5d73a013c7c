"""Sums over a corpus, article by article, in memory that does not grow with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from sayso.console.messages import print_message
from sayso.corpus_report.articles import Article, SentenceCounts, article_of, read_scored
from sayso.corpus_report.density import DensityEstimate
from sayso.documents.documents import Document, Unreadable
from sayso.documents.find_files import InputFile
from sayso.engine.report import Report
from sayso.errors import InputError
from sayso.reports.writer import Writer

POSITIONS = 10
"""Parts of equally many words that an article is divided into."""
_MAX_GROUPS = 10_000
_MAX_DAYS_BY_MONTH, _MAX_DAYS_BY_DAY = 6 * 366, 62
"""Longer corpora are shown by year, or by month."""


class Aggregate(Writer):
    """Adds up scored articles; unreadable ones are reported, and counted as `skipped`.

    Args:
        by: the column whose values are groups, such as an outlet's name.
        dated: the column that holds a date, as ISO 8601 writes it; text after the day is ignored.
    """

    def __init__(self, by: str, dated: str) -> None:
        self.by = by
        self.dated = dated
        self.all = DensityEstimate()
        self.sentences = 0
        self.groups: dict[str, DensityEstimate] = {}
        self.positions = [DensityEstimate() for _ in range(POSITIONS)]
        self.flagged: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.labels: dict[str, None] = {}
        self.models: Counter[str] = Counter()
        self.without_date = 0
        self.without_group = 0
        self.skipped = 0
        self._days: dict[date, DensityEstimate] = {}

    def document(self, document: Document, report: Report) -> None:
        """Add a new report. A text has no columns: its folder is its group."""
        columns = document.columns
        if document.line is None:
            columns = {self.by: PurePath(document.source).parent.name}
        self.add(article_of({"input": columns, **report.to_dict()}))

    def unreadable(self, unreadable: Unreadable) -> None:
        print_message(str(unreadable))
        self.skipped += 1

    def scored(self, source: InputFile) -> None:
        """Add a file of records."""
        for article in read_scored(source):
            if isinstance(article, Unreadable):
                self.unreadable(article)
            else:
                self.add(article)

    def add(self, article: Article) -> None:
        """Add an article.

        Raises:
            InputError: if the column of groups has too many values for groups.
        """
        words = sum(sentence.words for sentence in article.sentences)
        marks = _marks(article.sentences)
        self.labels.update(dict.fromkeys(article.labels))
        self.models[article.model] += 1
        self.sentences += len(article.sentences)
        self.flagged.update(article.flagged)
        self.kinds.update(article.kinds)
        self.all.add(words, marks)
        self._add_positions(article.sentences, words)
        group = article.columns.get(self.by)
        if group is None or group == "":
            self.without_group += 1
        else:
            self.groups.setdefault(str(group), DensityEstimate()).add(words, marks)
            if len(self.groups) > _MAX_GROUPS:
                raise InputError(
                    f"column {self.by!r} has more than {_MAX_GROUPS:,} values; expected one "
                    "that groups articles, such as an outlet's name: --by NAME"
                )
        day = _day(article.columns.get(self.dated))
        if day is None:
            self.without_date += 1
        else:
            self._days.setdefault(day, DensityEstimate()).add(words, marks)

    def periods(self) -> tuple[str, dict[date, DensityEstimate]]:
        """The unit (`day`, `month` or `year`), and the density of each period by its first day."""
        if not self._days:
            return "day", {}
        span = (max(self._days) - min(self._days)).days
        if span <= _MAX_DAYS_BY_DAY:
            unit = "day"
        else:
            unit = "month" if span <= _MAX_DAYS_BY_MONTH else "year"
        periods: dict[date, DensityEstimate] = {}
        for day in sorted(self._days):
            first = {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}
            periods.setdefault(first[unit], DensityEstimate()).merge(self._days[day])
        return unit, periods

    def _add_positions(self, sentences: Sequence[SentenceCounts], words: int) -> None:
        before = 0
        tenths: list[list[SentenceCounts]] = [[] for _ in range(POSITIONS)]
        for sentence in sentences:
            middle = before + sentence.words / 2
            position = int(POSITIONS * middle / max(1, words))
            tenths[min(POSITIONS - 1, position)].append(sentence)
            before += sentence.words
        for estimate, tenth in zip(self.positions, tenths, strict=True):
            estimate.add(sum(sentence.words for sentence in tenth), _marks(tenth))


def _marks(sentences: Sequence[SentenceCounts]) -> Mapping[str, int]:
    marks: Counter[str] = Counter()
    for sentence in sentences:
        marks.update(sentence.marks)
    return marks


def _day(value: Any) -> date | None:
    """The day that a value begins with; the first one of a year or a month."""
    text = str(value).strip()[:10]
    if len(text) in (4, 7):
        text += "-01-01"[len(text) - 4 :]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
