"""A shard: the finished results of one batch, as bytes.

The first line is a JSON header; the other lines go into the output unchanged.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Protocol, Self

from sayso.corpus.scoring import Outcome, score_batch
from sayso.documents.batches import Batch
from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import OffsetUnit, Report
from sayso.linting.check import CheckingWriter, RuleBreaks
from sayso.linting.settings import LintSettings
from sayso.reports.json import RecordWriter

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


class ProgressListener(Protocol):
    """Follows the progress of a shard."""

    def advance(self, count: int) -> None:
        """`count` more rows, lines or files are done."""

    def sentences(self, done: int, total: int) -> None:
        """`done` of all sentences of the current document are done."""


def make_shard(
    scorer: "Scorer",
    batch: Batch,
    settings: Mapping[str, LintSettings],
    unit: OffsetUnit,
    listener: ProgressListener | None = None,
) -> bytes:
    """Score a batch; `settings` has those of each source by its name."""
    rows = _Rows(batch.lines_before, unit, listener)
    checked = CheckingWriter(rows, settings.__getitem__)
    sentences = None if listener is None else listener.sentences
    score_batch(scorer, batch, lambda source: settings[source].options, checked, sentences)
    checked.close()
    header = ShardHeader(batch.digest(), rows.scored, rows.bad, checked.broken, batch.is_last)
    return f"{header.to_json()}\n{rows.text.getvalue()}".encode()


class _Rows:
    """Writes results, and collects the rows that could not be scored.

    An unreadable line is both written and collected: each line of the input has one in the output.
    """

    def __init__(
        self, lines_before: int, unit: OffsetUnit, listener: ProgressListener | None
    ) -> None:
        self.text = StringIO()
        self._listener = listener
        self.scored = 0
        self.bad: list[Unreadable] = []
        self._records = RecordWriter(self.text, unit=unit, lines_before=lines_before)

    def document(self, document: Document, report: Report) -> None:
        self._records.document(document, report)
        self.scored += 1
        self._advance(1)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._records.lines(source, lines, report)
        bad = [
            Unreadable(source, one.number, one.error, one.row)
            for one in lines
            if one.error is not None
        ]
        self.bad += bad
        self.scored += len(lines) - len(bad)
        self._advance(len(lines))

    def unreadable(self, unreadable: Unreadable) -> None:
        self.bad.append(unreadable)
        self._advance(1)

    def close(self) -> None:
        self._records.close()

    def _advance(self, count: int) -> None:
        if self._listener is not None:
            self._listener.advance(count)
