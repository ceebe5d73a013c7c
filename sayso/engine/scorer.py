"""The scorer: a text or sentences in, a report out."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from sayso.bundle.bundle import Bundle
from sayso.engine.network import Network
from sayso.engine.options import Options
from sayso.engine.prediction import Prediction
from sayso.engine.quotation import quoted_ranges
from sayso.engine.report import OffsetUnit, Report, ReportWarning
from sayso.engine.report_builder import (
    SENTENCES_PER_STEP,
    InputSentence,
    Progress,
    ReportBuilder,
)
from sayso.engine.runtime import CACHE_BYTES
from sayso.engine.sentences import split_sentences
from sayso.engine.stopwatch import Stopwatch
from sayso.engine.text_checks import require_unicode, text_warnings


class Scorer:
    """Scores many texts with one bundle, which is loaded once. Safe to use from several threads.

    `score` and `score_sentences` give a whole report; `begin` and `begin_sentences` a builder that
    scores some sentences at a time.

    Args:
        bundle: a loaded bundle, a bundle's folder or the name of a shipped one; the default bundle
            if None.
        threads: cores to use; all that this process may use if None.
        cache_bytes: memory for the predictions of past sentences, so that a sentence that comes
            again costs nothing; 0 keeps none.

    Raises:
        BundleError: the bundle is missing, foreign, too new or damaged.
    """

    def __init__(
        self,
        bundle: Bundle | Path | str | None = None,
        *,
        threads: int | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else Bundle.load(bundle)
        self._network = Network(self.bundle, threads=threads, cache_bytes=cache_bytes)

    def score(
        self,
        text: str,
        *,
        labels: Sequence[str] | None = None,
        thresholds: Mapping[str, float] | None = None,
        offset_unit: OffsetUnit = "codepoint",
        progress: Progress | None = None,
    ) -> Report:
        """Split `text` into sentences and score each.

        Args:
            text: a whole article or a part of it, paragraphs separated by newlines.
            labels: the labels to score; all if None.
            thresholds: probability from which on a label is flagged, per label; the bundle's own
                for labels that are not given.
            offset_unit: what offsets in the report count: `codepoint` or `utf16`.
            progress: called with the number of sentences done and of all sentences.

        Raises:
            InputError: the text is not valid Unicode, or an option is invalid.
        """
        return self.begin(text, Options(labels, thresholds, offset_unit)).finish(progress)

    def score_sentences(
        self,
        sentences: Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        thresholds: Mapping[str, float] | None = None,
        offset_unit: OffsetUnit = "codepoint",
        progress: Progress | None = None,
    ) -> Report:
        """Score sentences that were split before; they are never split further.

        The report has one sentence for each, in order, and its offsets count in each sentence on
        its own. Arguments and errors as in `score`.
        """
        options = Options(labels, thresholds, offset_unit)
        return self.begin_sentences(sentences, options).finish(progress)

    def begin(
        self, text: str, options: Options = Options(), stopwatch: Stopwatch | None = None
    ) -> ReportBuilder:
        """Split `text` and begin its report, to be scored some sentences at a time.

        `stopwatch` records the time of each part of the work. Errors as in `score`.
        """
        require_unicode(text, "text")
        stopwatch = stopwatch or Stopwatch()
        with stopwatch.measure("split"):
            quoted, spans = quoted_ranges(text), split_sentences(text)
        inputs = [InputSentence(text[start:end], start, quoted) for start, end in spans]
        return self._builder(inputs, text_warnings(text), options, stopwatch, text)

    def begin_sentences(
        self,
        sentences: Sequence[str],
        options: Options = Options(),
        stopwatch: Stopwatch | None = None,
    ) -> ReportBuilder:
        """Begin the report on sentences that were split before; otherwise as `begin`."""
        for index, sentence in enumerate(sentences):
            require_unicode(sentence, f"sentences[{index}]")
        inputs = [InputSentence(sentence, 0, quoted_ranges(sentence)) for sentence in sentences]
        warnings = text_warnings("\n".join(sentences))
        return self._builder(inputs, warnings, options, stopwatch or Stopwatch(), None)

    def predict(self, sentences: Sequence[str]) -> list[Prediction]:
        """The network's predictions, before calibration and thresholds; for evaluation."""
        return [
            prediction
            for first in range(0, len(sentences), SENTENCES_PER_STEP)
            for prediction in self._network.predict(sentences[first : first + SENTENCES_PER_STEP])
        ]

    def _builder(
        self,
        inputs: Sequence[InputSentence],
        warnings: list[ReportWarning],
        options: Options,
        stopwatch: Stopwatch,
        text: str | None,
    ) -> ReportBuilder:
        return ReportBuilder(
            self._network,
            inputs,
            model=self.bundle.model_version,
            settings=options.settings(self.bundle.manifest),
            warnings=warnings,
            offset_unit=options.offset_unit,
            text=text,
            stopwatch=stopwatch,
        )


def score(
    text: str,
    *,
    labels: Sequence[str] | None = None,
    thresholds: Mapping[str, float] | None = None,
    offset_unit: OffsetUnit = "codepoint",
) -> Report:
    """Score one text with the default bundle, which stays loaded; see `Scorer.score`."""
    return _default_scorer().score(
        text, labels=labels, thresholds=thresholds, offset_unit=offset_unit
    )


_default_scorer = cache(Scorer)
