"""A shard: the finished results of one batch, as bytes.

The first line is a JSON header; the other lines go into the output unchanged.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Self

from sayso.console.progress import ProgressLine
from sayso.corpus.scoring import Outcome, score_batch
from sayso.documents.batches import Batch
from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import OffsetUnit, Report
from sayso.linting.check import CheckingWriter, RuleBreaks
from sayso.linting.settings import LintSettings
from sayso.reports.json import RecordWriter
from sayso.reports.writer import Writer

if TYPE_CHECKING:
    from sayso.engine.scorer import Scorer


@dataclass(frozen=True, slots=True)
class ShardHeader:
    """The header of a shard.

    `digest` identifies the batch; `scored` counts rows, lines or files; `bad` lists those that
    could not be scored, `broken` the broken rules and where. The last shard has no rows.
    """

    digest: str
    scored: int
    bad: Sequence[Unreadable]
    broken: Mapping[str, RuleBreaks]
    is_last: bool

    def add_to(self, outcome: Outcome) -> None:
        """Add the shard to the outcome of its run."""
        outcome.scored += self.scored
        outcome.bad += len(self.bad)
        for rule, breaks in self.broken.items():
            outcome.broken.setdefault(rule, RuleBreaks()).extend(breaks)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Raises ValueError, KeyError or TypeError if the text is not a header."""
        fields = json.loads(text)
        bad = [Unreadable(**one) for one in fields.pop("bad")]
        broken = {rule: RuleBreaks(**one) for rule, one in fields.pop("broken").items()}
        return cls(**fields, bad=bad, broken=broken)


def make_shard(
    scorer: "Scorer",
    batch: Batch,
    settings: Mapping[str, LintSettings],
    unit: OffsetUnit,
    progress: ProgressLine | None = None,
) -> bytes:
    """Score a batch; `settings` has those of each source by its name."""
    rows = _Rows(batch, unit, progress)
    checked = CheckingWriter(rows, settings.__getitem__)
    sentences = None if progress is None else progress.show_sentences
    score_batch(scorer, batch, settings.__getitem__, checked, sentences)
    checked.close()
    header = ShardHeader(batch.digest(), rows.scored, rows.bad, checked.broken, batch.is_last)
    return f"{header.to_json()}\n{rows.text.getvalue()}".encode()


class _Rows(Writer):
    """Writes results, and collects the rows that could not be scored.

    An unreadable line is both written and collected: each line of the input has one in the output.
    """

    def __init__(self, batch: Batch, unit: OffsetUnit, progress: ProgressLine | None) -> None:
        self.text = StringIO()
        self.scored = 0
        self.bad: list[Unreadable] = []
        self._batch = batch
        self._progress = progress
        self._records = RecordWriter(self.text, unit=unit, lines_before=batch.lines_before)

    def document(self, document: Document, report: Report) -> None:
        self._records.document(document, report)
        self.scored += 1
        self._advance(1)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._records.lines(source, lines, report)
        bad = [line.unreadable(source) for line in lines if line.error is not None]
        self.bad += bad
        self.scored += len(lines) - len(bad)
        self._advance(len(lines))

    def unreadable(self, unreadable: Unreadable) -> None:
        self.bad.append(unreadable)
        self._advance(1)

    def _advance(self, count: int) -> None:
        """Move the progress line within the batch, which is read as a whole before it is scored."""
        if self._progress is not None:
            batch, done = self._batch, self.scored + len(self.bad)
            read = (batch.position - batch.start) * done // len(batch)
            self._progress.set_position(batch.start + read)
            self._progress.advance(count)
