"""Totals: the summary of a run that is too large to keep."""

from collections import Counter

from serving.report import Report, Sentence, Summary
from serving.summary import summarize


class Totals:
    """Adds up reports and forgets them, all but the most marked sentences.

    Those are of use where indices go on from report to report, as they do for lines.
    """

    def __init__(self) -> None:
        self.documents = 0
        self.marked: dict[int, Sentence] = {}
        self._sentences = 0
        self._words = 0
        self._flagged: Counter[str] = Counter()
        self._spans: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    def add(self, report: Report) -> None:
        """Add a document, or the next lines of one."""
        summary = report.summary
        self.documents += 1
        self._sentences += summary.sentences
        self._words += summary.words
        self._flagged.update(summary.flagged)
        self._kinds.update(summary.kinds)
        self._spans.update(found.label for one in report.sentences for found in one.evidence)
        best = self.marked | {
            one.index: one for one in report.sentences if one.index in summary.most_marked
        }
        order = summarize(list(best.values()), list(summary.flagged)).most_marked
        self.marked = {index: best[index] for index in order}

    def summary(self) -> Summary:
        """The summary of all that was added."""
        sentences, words = max(1, self._sentences), max(1, self._words)
        return Summary(
            sentences=self._sentences,
            words=self._words,
            flagged=dict(self._flagged),
            shares={label: round(n / sentences, 4) for label, n in self._flagged.items()},
            densities={
                label: round(1000 * self._spans[label] / words, 2) for label in self._flagged
            },
            kinds=dict(self._kinds.most_common()),
            most_marked=tuple(self.marked),
        )
