"""Totals: the summary of a run that is too large to keep."""

from collections import Counter

from sayso.engine.report import Report, Sentence, Summary, summarize


class Totals:
    """Adds up reports and forgets them, all but the most marked sentences.

    Those are of use where indices go on from report to report, as they do for lines. Where settings
    ask for other labels in other files, each label's share is one of the texts it was sought in.
    """

    def __init__(self) -> None:
        self.documents = 0
        self.marked: dict[int, Sentence] = {}
        self._sentences = 0
        self._words = 0
        self._sought_in: Counter[str] = Counter()
        self._words_sought_in: Counter[str] = Counter()
        self._thresholds: set[tuple[tuple[str, float], ...]] = set()
        self._flagged: Counter[str] = Counter()
        self._spans: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    def add(self, report: Report) -> None:
        """Add a document, or the next lines of one."""
        summary = report.summary
        self.documents += 1
        self._sentences += summary.sentences
        self._words += summary.words
        self._sought_in.update(dict.fromkeys(summary.flagged, summary.sentences))
        self._words_sought_in.update(dict.fromkeys(summary.flagged, summary.words))
        self._thresholds.add(tuple(report.thresholds.items()))
        self._flagged.update(summary.flagged)
        self._kinds.update(summary.kinds)
        self._spans.update(found.label for one in report.sentences for found in one.evidence)
        best = self.marked | {
            one.index: one for one in report.sentences if one.index in summary.most_marked
        }
        order = summarize(list(best.values()), list(summary.flagged)).most_marked
        self.marked = {index: best[index] for index in order}

    @property
    def thresholds(self) -> dict[str, float]:
        """Those of all reports; empty where they differ."""
        return dict(next(iter(self._thresholds))) if len(self._thresholds) == 1 else {}

    def summary(self) -> Summary:
        """The summary of all that was added."""
        return Summary(
            sentences=self._sentences,
            words=self._words,
            flagged=dict(self._flagged),
            shares={
                label: round(flagged / max(1, self._sought_in[label]), 4)
                for label, flagged in self._flagged.items()
            },
            densities={
                label: round(1000 * self._spans[label] / max(1, self._words_sought_in[label]), 2)
                for label in self._flagged
            },
            kinds=dict(self._kinds.most_common()),
            most_marked=tuple(self.marked),
        )
