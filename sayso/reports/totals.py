"""Totals: the summary of a run that is too large to keep."""

from collections import Counter
from dataclasses import replace

from sayso.engine.report import Report, Sentence, Summary, summarize


class Totals:
    """Adds up reports, of which it keeps sums and the most marked sentences.

    Those are only meaningful if indices continue across reports, as for lines. If the settings of
    files have different labels, a label's share is that of the texts that were scored for it.
    """

    def __init__(self) -> None:
        self.documents = 0
        self._last: Report | None = None
        self._marked: dict[int, Sentence] = {}
        self._sentences = 0
        self._words = 0
        self._scored_sentences: Counter[str] = Counter()
        self._scored_words: Counter[str] = Counter()
        self._thresholds: set[tuple[tuple[str, float], ...]] = set()
        self._flagged: Counter[str] = Counter()
        self._spans: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    def add(self, report: Report) -> None:
        """Add a document, or the next lines of one."""
        summary = report.summary
        self.documents += 1
        self._last = report
        self._sentences += summary.sentences
        self._words += summary.words
        self._scored_sentences.update(dict.fromkeys(summary.flagged, summary.sentences))
        self._scored_words.update(dict.fromkeys(summary.flagged, summary.words))
        self._thresholds.add(tuple(report.thresholds.items()))
        self._flagged.update(summary.flagged)
        self._kinds.update(summary.kinds)
        for sentence in report.sentences:
            self._spans.update(found.label for found in sentence.evidence)
        best = self._marked | {
            sentence.index: sentence
            for sentence in report.sentences
            if sentence.index in summary.most_marked
        }
        order = summarize(list(best.values()), list(summary.flagged)).most_marked
        self._marked = {index: best[index] for index in order}

    def report(self) -> Report | None:
        """The report of everything; None if there is nothing.

        Its sentences are the most marked ones; it has no thresholds if those of reports differ.
        """
        if self._last is None:
            return None
        return replace(
            self._last,
            thresholds=dict(next(iter(self._thresholds))) if len(self._thresholds) == 1 else {},
            sentences=tuple(self._marked.values()),
            summary=self.summary(),
            warnings=(),
        )

    def summary(self) -> Summary:
        """The summary of all reports."""
        return Summary(
            sentences=self._sentences,
            words=self._words,
            flagged=dict(self._flagged),
            shares={
                label: round(flagged / max(1, self._scored_sentences[label]), 4)
                for label, flagged in self._flagged.items()
            },
            densities={
                label: round(1000 * self._spans[label] / max(1, self._scored_words[label]), 2)
                for label in self._flagged
            },
            kinds=dict(self._kinds.most_common()),
            most_marked=tuple(self._marked),
        )
