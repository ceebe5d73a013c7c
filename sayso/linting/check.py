"""The check: drops the ignored marks of reports, and applies the rules of their files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sayso.console.messages import counted
from sayso.documents.documents import Document, Unreadable, location
from sayso.documents.lines import Line
from sayso.documents.source_map import LineIndex
from sayso.engine.report import Report, Sentence, Summary
from sayso.linting.rules import FailRule
from sayso.linting.settings import LintSettings
from sayso.reports.totals import Totals
from sayso.reports.writer import Writer

_SHOWN = 5
"""The most sentences that a message lists."""
_LONGEST = 100


@dataclass(slots=True)
class RuleBreaks:
    """How often a rule is broken, and the first sentences or texts that do."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def extend(self, others: "RuleBreaks") -> None:
        """Add the breaks of a later shard."""
        self.count += others.count
        self.first += others.first[: _SHOWN - len(self.first)]


class CheckingWriter(Writer):
    """Wraps another writer and checks what it writes.

    `settings` gives those of a file; `broken` has the broken rules, as they were written.
    """

    def __init__(self, writer: Writer, settings: Callable[[str], LintSettings]) -> None:
        self.broken: dict[str, RuleBreaks] = {}
        self._writer = writer
        self._settings = settings
        self._lines: tuple[str, Totals] | None = None

    def document(self, document: Document, report: Report) -> None:
        settings = self._settings(document.source)
        kept = settings.ignored.without(report)
        self._writer.document(document, kept)
        where = location(document.source, document.line)
        if settings.fail_on:
            lines = LineIndex(document.source_text)
            for sentence in kept.sentences:
                at = where
                if document.line is None:
                    found = document.source_range(sentence.start, sentence.end)
                    at = f"{where}:{lines.line(found[0]) if found else '?'}"
                self._check(sentence, at, kept, settings)
        self._check_densities(kept.summary, where, settings)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        settings = self._settings(source)
        kept = settings.ignored.without(report)
        self._writer.lines(source, lines, kept)
        for line, sentence in zip(lines, kept.sentences, strict=True):
            self._check(sentence, location(source, line.number), kept, settings)
        if self._lines is None or self._lines[0] != source:
            self._end_lines()
            self._lines = source, Totals()
        self._lines[1].add(kept)

    def unreadable(self, unreadable: Unreadable) -> None:
        self._writer.unreadable(unreadable)

    def close(self) -> None:
        self._end_lines()
        self._writer.close()

    def _check(
        self, sentence: Sentence, where: str, report: Report, settings: LintSettings
    ) -> None:
        for rule in settings.broken_by(sentence, report.thresholds):
            self._add(f"--fail-on {rule.text}", _first_line(sentence, where, rule))

    def _end_lines(self) -> None:
        if self._lines is not None:
            source, totals = self._lines
            self._check_densities(totals.summary(), location(source), self._settings(source))

    def _check_densities(self, summary: Summary, where: str, settings: LintSettings) -> None:
        for label, limit in settings.max_density.items():
            found = summary.densities.get(label, 0.0)
            if found > limit:
                line = f"{where}: {found:g} marks per 1,000 words, in {summary.words:,} words"
                self._add(f"--max-density {label}={limit:g}", line)

    def _add(self, rule: str, line: str) -> None:
        self.broken.setdefault(rule, RuleBreaks()).extend(RuleBreaks(1, [line]))


def _first_line(sentence: Sentence, where: str, rule: FailRule) -> str:
    text = " ".join(sentence.text.split())
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    score = (sentence.scores or {})[rule.label]
    return f"{where}: {score:g} [{sentence.fingerprint}] {shown}"


def explain(rule: str, broken: RuleBreaks) -> str:
    """The message on a broken rule: how often, and where first."""
    what = "sentence" if rule.startswith("--fail-on") else "text"
    more = [f"and {broken.count - _SHOWN:,} more"] if broken.count > _SHOWN else []
    return "\n".join([f"{rule}: {counted(broken.count, what)}", *broken.first, *more])
