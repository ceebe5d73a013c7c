"""A report in the making: sentences are scored some at a time, in their order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sayso.bundle.manifest import LabelSettings
from sayso.engine.evidence import evidence_spans, locate_evidence
from sayso.engine.network import Network
from sayso.engine.offsets import Utf16Offsets, in_utf16
from sayso.engine.prediction import Prediction
from sayso.engine.report import OffsetUnit, Report, ReportWarning, Sentence, summarize
from sayso.engine.stopwatch import Stopwatch
from sayso.engine.text_checks import has_words
from sayso.labels import UNVERIFIED_ATTRIBUTION

SENTENCES_PER_STEP = 256
"""Predicted together: enough to sort by length, few enough that memory does not grow with the
text."""

Progress = Callable[[int, int], None]
"""Called with the number of sentences done and of all sentences."""


@dataclass(frozen=True, slots=True)
class InputSentence:
    """A sentence to score: where it starts in its text, and that text's quoted ranges."""

    text: str
    start: int
    quoted: Sequence[tuple[int, int]]


@dataclass(eq=False)
class ReportBuilder:
    """Builds one text's report. A step may be taken in any thread, one at a time.

    `inputs` are the sentences to score and `sentences` those that are scored; `model` is the
    report's; `settings` are the calibration and thresholds of each label to score. Offsets count
    in `text`, or in each sentence on its own if it is None. `stopwatch` records the time of each
    part of the work.
    """

    network: Network
    inputs: Sequence[InputSentence]
    model: str
    settings: Mapping[str, LabelSettings]
    warnings: list[ReportWarning]
    offset_unit: OffsetUnit
    text: str | None
    stopwatch: Stopwatch
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether all sentences are scored."""
        return len(self.sentences) == len(self.inputs)

    def step(self, count: int = SENTENCES_PER_STEP) -> Sequence[Sentence]:
        """Score the next `count` sentences and return them; none when all are done."""
        first = len(self.sentences)
        inputs = self.inputs[first : first + count]
        texts = [given.text for given in inputs if has_words(given.text)]
        predictions = dict(zip(texts, self.network.predict(texts, self.stopwatch), strict=True))
        for index, given in enumerate(inputs, start=first):
            prediction = predictions.get(given.text)
            sentence = _sentence(index, given, prediction, self.settings)
            if self.offset_unit == "utf16":
                sentence = in_utf16(sentence, self._text_offsets)
            self.sentences.append(sentence)
            if prediction is not None and prediction.windows > 1:
                self.warnings.append(_long_sentence(sentence, prediction.windows))
        return self.sentences[first:]

    def report(self) -> Report:
        """The report on the sentences that are scored."""
        return Report(
            model=self.model,
            offset_unit=self.offset_unit,
            thresholds={label: of_label.threshold for label, of_label in self.settings.items()},
            sentences=tuple(self.sentences),
            summary=summarize(self.sentences, list(self.settings)),
            warnings=tuple(self.warnings),
        )

    def finish(self, progress: Progress | None = None) -> Report:
        """Score the rest and return the report."""
        while not self.is_done:
            self.step()
            if progress is not None:
                progress(len(self.sentences), len(self.inputs))
        return self.report()

    @cached_property
    def _text_offsets(self) -> Utf16Offsets | None:
        return None if self.text is None else Utf16Offsets(self.text)


def _sentence(
    index: int,
    given: InputSentence,
    prediction: Prediction | None,
    settings: Mapping[str, LabelSettings],
) -> Sentence:
    """A sentence of the report, its offsets in code points."""
    end = given.start + len(given.text)
    if prediction is None:
        return Sentence(index, given.start, end, given.text, scores=None)
    scores = {
        label: prediction.probability(label, of_label.calibration)
        for label, of_label in settings.items()
    }
    flags = tuple(label for label in scores if scores[label] >= settings[label].threshold)
    evidence = []
    for label in flags:
        words, probabilities = prediction.word_probabilities(label)
        threshold = settings[label].evidence_threshold
        spans = evidence_spans(given.text, words, probabilities, threshold)
        evidence += locate_evidence(label, spans, given.start, given.quoted)
    return Sentence(
        index=index,
        start=given.start,
        end=end,
        text=given.text,
        scores=scores,
        flags=flags,
        evidence=tuple(sorted(evidence, key=lambda found: (found.start, found.end))),
        kind=prediction.kind if UNVERIFIED_ATTRIBUTION in flags else None,
    )


def _long_sentence(sentence: Sentence, windows: int) -> ReportWarning:
    return ReportWarning(
        "long_sentence",
        f"the sentence has {len(sentence.text):,} characters and was read in {windows} "
        "overlapping windows; each score is the highest of them",
        sentence=sentence.index,
    )
