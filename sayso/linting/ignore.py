"""Marks that a team has reviewed and chosen to ignore."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sayso.engine.report import Evidence, Report, Sentence, summarize
from sayso.labels import UNVERIFIED_ATTRIBUTION


@dataclass(frozen=True, slots=True)
class Ignored:
    """Marks that overlap one of the `phrases` are dropped, whatever their case; so are all marks of
    the `sentences` with these hashes.
    """

    phrases: Sequence[str] = ()
    sentences: frozenset[str] = frozenset()

    def without(self, report: Report) -> Report:
        """The report without ignored marks, with a new summary; offsets are in code points.

        A label whose marks are all ignored is no longer a flag; its score stays.
        """
        if not self.phrases and not self.sentences:
            return report
        kept = tuple(self._sentence(one) for one in report.sentences)
        return replace(report, sentences=kept, summary=summarize(kept, list(report.thresholds)))

    def has(self, sentence: Sentence) -> bool:
        """Whether the sentence as a whole is ignored."""
        return bool(self.sentences) and sentence.fingerprint in self.sentences

    def _sentence(self, sentence: Sentence) -> Sentence:
        if not sentence.flags:
            return sentence
        if self.has(sentence):
            return replace(sentence, flags=(), evidence=(), kind=None)
        evidence = tuple(one for one in sentence.evidence if not self._ignores(sentence, one))
        gone = {one.label for one in sentence.evidence} - {one.label for one in evidence}
        flags = tuple(label for label in sentence.flags if label not in gone)
        kind = sentence.kind if UNVERIFIED_ATTRIBUTION in flags else None
        return replace(sentence, flags=flags, evidence=evidence, kind=kind)

    def _ignores(self, sentence: Sentence, found: Evidence) -> bool:
        start, end = found.start - sentence.start, found.end - sentence.start
        return any(
            match.start() < end and start < match.end()
            for phrase in self.phrases
            for match in _pattern(phrase).finditer(sentence.text)
        )


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, phrase.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
