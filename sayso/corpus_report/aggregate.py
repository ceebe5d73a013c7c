"""What a corpus comes to: added up article by article, in memory that does not grow with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any

from sayso.console.messages import print_message
from sayso.corpus_report.articles import Article, Part, of_report, read_scored
from sayso.corpus_report.density import Rate
from sayso.documents.documents import Document, Unreadable
from sayso.documents.find_files import InputFile
from sayso.documents.lines import Line
from sayso.engine.report import Report
from sayso.errors import InputError

PARTS = 10
_MOST_GROUPS = 10_000
_MONTHLY_UP_TO, _DAILY_UP_TO = 6 * 366, 62
"""Days that a corpus spans, from which on its years, or its months, are shown."""


class Tally:
    """Adds up scored articles.

    Args:
        by: the column whose values are groups, such as an outlet's name.
        dated: the column that holds a date, as ISO 8601 writes it; what follows the day is ignored.
    """

    def __init__(self, by: str, dated: str) -> None:
        self.by = by
        self.dated = dated
        self.all = Rate()
        self.sentences = 0
        self.groups: dict[str, Rate] = {}
        self.positions = [Rate() for _ in range(PARTS)]
        self.flagged: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.labels: dict[str, None] = {}
        self.models: Counter[str] = Counter()
        self.without_date = 0
        self.without_group = 0
        self._days: dict[date, Rate] = {}

    def add(self, article: Article) -> None:
        """Add an article.

        Raises:
            InputError: the column of groups has too many values to be one.
        """
        words = sum(part.words for part in article.parts)
        marks = _marks(article.parts)
        self.labels.update(dict.fromkeys(article.labels))
        self.models[article.model] += 1
        self.sentences += len(article.parts)
        self.flagged.update(article.flagged)
        self.kinds.update(article.kinds)
        self.all.add(words, marks)
        self._add_positions(article.parts, words)
        group = article.columns.get(self.by)
        if group is None or group == "":
            self.without_group += 1
        else:
            self.groups.setdefault(str(group), Rate()).add(words, marks)
            if len(self.groups) > _MOST_GROUPS:
                raise InputError(
                    f"column {self.by!r} has more than {_MOST_GROUPS:,} values; expected one "
                    "that groups articles, such as an outlet's name: --by NAME"
                )
        day = _day(article.columns.get(self.dated))
        if day is None:
            self.without_date += 1
        else:
            self._days.setdefault(day, Rate()).add(words, marks)

    def periods(self) -> tuple[str, dict[date, Rate]]:
        """`day`, `month` or `year`, and what was marked in each, by its first day."""
        if not self._days:
            return "day", {}
        span = (max(self._days) - min(self._days)).days
        unit = "day" if span <= _DAILY_UP_TO else "month" if span <= _MONTHLY_UP_TO else "year"
        periods: dict[date, Rate] = {}
        for day in sorted(self._days):
            first = {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}
            periods.setdefault(first[unit], Rate()).merge(self._days[day])
        return unit, periods

    def _add_positions(self, parts: Sequence[Part], words: int) -> None:
        before = 0
        tenths: list[list[Part]] = [[] for _ in range(PARTS)]
        for part in parts:
            middle = before + part.words / 2
            tenths[min(PARTS - 1, int(PARTS * middle / max(1, words)))].append(part)
            before += part.words
        for rate, tenth in zip(self.positions, tenths, strict=True):
            rate.add(sum(part.words for part in tenth), _marks(tenth))


class TallyWriter:
    """Adds up reports as they are made, and files of records. What cannot be read is told and
    counted as `left_out`. A text's folder is its group: it has no columns.
    """

    def __init__(self, tally: Tally) -> None:
        self.left_out = 0
        self._tally = tally

    def scored(self, source: InputFile) -> None:
        """Add up a file of records."""
        for article in read_scored(source):
            if isinstance(article, Unreadable):
                self.unreadable(article)
            else:
                self._tally.add(article)

    def document(self, document: Document, report: Report) -> None:
        article = of_report(document, report)
        if document.line is None:
            folder = PurePath(document.source).parent.name
            article = replace(article, columns={self._tally.by: folder})
        self._tally.add(article)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        """No file is guessed to hold lines."""

    def unreadable(self, unreadable: Unreadable) -> None:
        print_message(str(unreadable))
        self.left_out += 1

    def close(self) -> None:
        """Nothing is written here."""


def _marks(parts: Sequence[Part]) -> Mapping[str, int]:
    marks: Counter[str] = Counter()
    for part in parts:
        marks.update(part.marks)
    return marks


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(_full(str(value).strip()[:10]))
    except ValueError:
        return None


def _full(text: str) -> str:
    """A year or a month as its first day."""
    return text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text
