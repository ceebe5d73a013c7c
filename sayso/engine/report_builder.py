"""A report in the making: sentences are scored some at a time, in their order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sayso.engine.offsets import Utf16Offsets, in_utf16
from sayso.engine.report import OffsetUnit, Report, ReportWarning, Sentence
from sayso.engine.summary import summarize

SENTENCES_PER_STEP = 256
"""Read together: enough to sort by length, few enough that memory does not grow with the text."""

Progress = Callable[[int, int], None]
"""Called with the sentences done and all sentences."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence to score: where it starts in its text, and that text's quoted ranges."""

    text: str
    start: int
    quoted: Sequence[tuple[int, int]]


Score = Callable[[int, Sequence[Piece]], Iterable[tuple[Sentence, ReportWarning | None]]]
"""Scores pieces, the first of which has the given index."""


class Draft:
    """One text's report while it is made. A step may be taken in any thread, one at a time.

    Args:
        pieces: the sentences.
        score: scores some of them.
        model: the report's `model`.
        thresholds: by wanted label.
        warnings: what is to be said of the text as a whole.
        offset_unit: what offsets count in the end; `score` gives code points.
        text: what offsets count in; each sentence on its own where None.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        score: Score,
        *,
        model: str,
        thresholds: Mapping[str, float],
        warnings: list[ReportWarning],
        offset_unit: OffsetUnit,
        text: str | None,
    ) -> None:
        self.pieces = pieces
        self.sentences: list[Sentence] = []
        self._score = score
        self._model = model
        self._thresholds = thresholds
        self._warnings = warnings
        self._offset_unit = offset_unit
        self._text_offsets: Callable[[int], int] | None = None
        if offset_unit == "utf16" and text is not None:
            self._text_offsets = Utf16Offsets(text)

    @property
    def is_done(self) -> bool:
        """Whether all sentences are scored."""
        return len(self.sentences) == len(self.pieces)

    def step(self, count: int = SENTENCES_PER_STEP) -> Sequence[Sentence]:
        """Score the next `count` sentences and give them back; none when all are done."""
        first = len(self.sentences)
        for sentence, warning in self._score(first, self.pieces[first : first + count]):
            self.sentences.append(self._in_unit(sentence))
            if warning is not None:
                self._warnings.append(warning)
        return self.sentences[first:]

    def report(self) -> Report:
        """The report on the sentences that are scored."""
        return Report(
            model=self._model,
            offset_unit=self._offset_unit,
            thresholds=self._thresholds,
            sentences=tuple(self.sentences),
            summary=summarize(self.sentences, list(self._thresholds)),
            warnings=tuple(self._warnings),
        )

    def finish(self, progress: Progress | None = None) -> Report:
        """Score what is left and give the report."""
        while not self.is_done:
            self.step()
            if progress is not None:
                progress(len(self.sentences), len(self.pieces))
        return self.report()

    def _in_unit(self, sentence: Sentence) -> Sentence:
        if self._offset_unit == "codepoint":
            return sentence
        return in_utf16(sentence, self._text_offsets or Utf16Offsets(sentence.text))
