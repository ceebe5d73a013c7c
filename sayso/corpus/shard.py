"""A part: the finished results of one batch, as one run of bytes.

The first line is a header in JSON, the rest are the lines that go into the output as they are.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Protocol, Self

from sayso.corpus.scoring import score_batch
from sayso.documents.batches import Batch
from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import OffsetUnit, Report
from sayso.linting.check import Broken, CheckingWriter
from sayso.linting.settings import Settings
from sayso.reports.json import RecordWriter

if TYPE_CHECKING:
    from sayso.engine.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Header:
    """What a part says of its batch.

    `digest` is the batch's; `scored` counts rows, lines or files, `bad` are those that could not
    be scored, `broken` the rules that were broken, and where; the last part has no rows.
    """

    digest: str
    scored: int
    bad: Sequence[Unreadable]
    broken: Mapping[str, Broken]
    is_last: bool

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Raises ValueError, KeyError or TypeError where it is no header."""
        fields = json.loads(text)
        bad = [Unreadable(**one) for one in fields.pop("bad")]
        broken = {rule: Broken(**one) for rule, one in fields.pop("broken").items()}
        return cls(**fields, bad=bad, broken=broken)


class Watcher(Protocol):
    """Is told how far a part is."""

    def advance(self, count: int) -> None:
        """So many more rows, lines or files are done."""

    def sentences(self, done: int, total: int) -> None:
        """So many sentences of the document at hand are done."""


def make_part(
    scorer: "Scorer",
    batch: Batch,
    settings: Mapping[str, Settings],
    unit: OffsetUnit,
    watcher: Watcher | None = None,
) -> bytes:
    """Score a batch; `settings` are those of each of its sources."""
    rows = _Rows(batch.lines_before, unit, watcher)
    checked = CheckingWriter(rows, settings.__getitem__)
    sentences = None if watcher is None else watcher.sentences
    score_batch(scorer, batch, lambda source: settings[source].options, checked, sentences)
    checked.close()
    header = Header(batch.digest(), rows.scored, rows.bad, checked.broken, batch.is_last)
    return f"{header.to_json()}\n{rows.text.getvalue()}".encode()


class _Rows:
    """Writes what is scored, and sets aside what is not.

    A line that cannot be read is both: each line of the input has its line in the output.
    """

    def __init__(self, lines_before: int, unit: OffsetUnit, watcher: Watcher | None) -> None:
        self.text = StringIO()
        self._watcher = watcher
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
        if self._watcher is not None:
            self._watcher.advance(count)
