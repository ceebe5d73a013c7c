"""The engine: a text or sentences in, a report out. Knows nothing of HTTP."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.bundle.bundle import Bundle
from sayso.bundle.manifest import LabelSettings
from sayso.engine.evidence import evidence_spans, place_evidence
from sayso.engine.network import Network
from sayso.engine.options import Options
from sayso.engine.prediction import Reading
from sayso.engine.quotation import quoted_ranges
from sayso.engine.report import Report, ReportWarning, Sentence
from sayso.engine.report_builder import SENTENCES_PER_STEP, Draft, Piece, Progress
from sayso.engine.resources import CACHE_BYTES
from sayso.engine.sentences import split_sentences
from sayso.engine.text_checks import has_words, require_unicode, text_warnings
from sayso.engine.timing import Stopwatch
from sayso.labels import KINDS, LABELS, UNVERIFIED_ATTRIBUTION


class Engine:
    """Scores texts with one bundle. Make one and keep it; it may be called from several threads.

    Args:
        bundle: a loaded bundle, or where it is; the shipped default where None.
        threads: on which all callers' sentences are read; all cores that this process may use
            where None.
        cache_bytes: for readings that are kept, so that a sentence that comes again costs nothing;
            0 keeps none.

    Raises:
        BundleError: the bundle cannot be used; the message says why.
    """

    def __init__(
        self,
        bundle: Bundle | Path | str | None = None,
        *,
        threads: int | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else Bundle.load(bundle)
        self.network = Network(self.bundle, threads=threads, cache_bytes=cache_bytes)

    def score(
        self, text: str, options: Options = Options(), *, progress: Progress | None = None
    ) -> Report:
        """Split `text` into sentences and score each; offsets count in `text`.

        Raises:
            InputError: the text is not valid Unicode, or an option cannot be.
        """
        return self.open(text, options).finish(progress)

    def score_sentences(
        self,
        sentences: Sequence[str],
        options: Options = Options(),
        *,
        progress: Progress | None = None,
    ) -> Report:
        """Score sentences that were split before; offsets count in each sentence on its own.

        Raises:
            InputError: a sentence is not valid Unicode, or an option cannot be.
        """
        return self.open_sentences(sentences, options).finish(progress)

    def open(
        self, text: str, options: Options = Options(), watch: Stopwatch | None = None
    ) -> Draft:
        """Split `text` and begin its report, to be scored some sentences at a time.

        `watch` is told where time goes. Errors as in `score`.
        """
        require_unicode(text, "text")
        watch = watch or Stopwatch()
        with watch.part("split"):
            quoted, ranges = quoted_ranges(text), split_sentences(text)
        pieces = [Piece(text[start:end], start, quoted) for start, end in ranges]
        return self._draft(pieces, text_warnings(text), options, watch, text)

    def open_sentences(
        self, sentences: Sequence[str], options: Options = Options(), watch: Stopwatch | None = None
    ) -> Draft:
        """Begin the report on sentences that were split before; as `open` otherwise."""
        for index, sentence in enumerate(sentences):
            require_unicode(sentence, f"sentences[{index}]")
        pieces = [Piece(sentence, 0, quoted_ranges(sentence)) for sentence in sentences]
        warnings = text_warnings("\n".join(sentences))
        return self._draft(pieces, warnings, options, watch or Stopwatch(), None)

    def read(self, sentences: Sequence[str]) -> list[Reading]:
        """The network's raw answers, before calibration and thresholds; for evaluation."""
        return [
            reading
            for first in range(0, len(sentences), SENTENCES_PER_STEP)
            for reading in self.network.read(sentences[first : first + SENTENCES_PER_STEP])
        ]

    def evidence(
        self, sentence: str, reading: Reading, label: str, threshold: float | None = None
    ) -> list[tuple[int, int, float]]:
        """Start, end and score of the spans that carry `label`, if the sentence has it.

        `threshold` is the probability from which on a word counts; the bundle's where None.
        """
        if threshold is None:
            threshold = self.bundle.manifest.labels[label].evidence_threshold
        words, logits = reading.words()
        return evidence_spans(sentence, words, sigmoid(logits[:, LABELS.index(label)]), threshold)

    def probability(self, reading: Reading, label: str) -> float:
        """The calibrated probability of `label`, rounded to four digits.

        Rounded before a threshold is applied: what is shown and what is decided agree.
        """
        calibration = self.bundle.manifest.labels[label].calibration
        logit = float(reading.sentence[LABELS.index(label)])
        scaled = calibration.slope * logit + calibration.intercept
        return round(float(sigmoid(np.array(scaled))), 4)

    def _draft(
        self,
        pieces: Sequence[Piece],
        warnings: list[ReportWarning],
        options: Options,
        watch: Stopwatch,
        text: str | None,
    ) -> Draft:
        settings = options.settings(self.bundle.manifest)
        return Draft(
            pieces,
            partial(self._score, settings=settings, watch=watch),
            model=self.bundle.model_version,
            thresholds={label: of_label.threshold for label, of_label in settings.items()},
            warnings=warnings,
            offset_unit=options.offset_unit,
            text=text,
        )

    def _score(
        self,
        first: int,
        pieces: Sequence[Piece],
        *,
        settings: dict[str, LabelSettings],
        watch: Stopwatch,
    ) -> Iterator[tuple[Sentence, ReportWarning | None]]:
        """The pieces' sentences, the first of which has the index `first`, in code points."""
        for index, (piece, reading) in enumerate(self._read(pieces, watch), start=first):
            warning = None
            if reading is not None and reading.windows > 1:
                warning = _long_sentence(index, piece, reading)
            yield self._sentence(index, piece, reading, settings), warning

    def _sentence(
        self,
        index: int,
        piece: Piece,
        reading: Reading | None,
        settings: dict[str, LabelSettings],
    ) -> Sentence:
        end = piece.start + len(piece.text)
        if reading is None:
            return Sentence(index, piece.start, end, piece.text, scores=None)
        scores = {label: self.probability(reading, label) for label in settings}
        flags = tuple(label for label in scores if scores[label] >= settings[label].threshold)
        evidence = [
            found
            for label in flags
            for found in place_evidence(
                label, self.evidence(piece.text, reading, label), piece.start, piece.quoted
            )
        ]
        return Sentence(
            index=index,
            start=piece.start,
            end=end,
            text=piece.text,
            scores=scores,
            flags=flags,
            evidence=tuple(sorted(evidence, key=lambda found: (found.start, found.end))),
            kind=KINDS[int(reading.kind.argmax())] if UNVERIFIED_ATTRIBUTION in flags else None,
        )

    def _read(
        self, pieces: Sequence[Piece], watch: Stopwatch
    ) -> Iterator[tuple[Piece, Reading | None]]:
        """Each piece with its reading; None where there are no words to read."""
        readable = [has_words(piece.text) for piece in pieces]
        texts = [piece.text for piece, words in zip(pieces, readable, strict=True) if words]
        readings = iter(self.network.read(texts, watch))
        for piece, words in zip(pieces, readable, strict=True):
            yield piece, next(readings) if words else None


def sigmoid(logits: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of logits, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)))


def _long_sentence(index: int, piece: Piece, reading: Reading) -> ReportWarning:
    return ReportWarning(
        "long_sentence",
        f"the sentence has {len(piece.text):,} characters and was read in {reading.windows} "
        "overlapping windows; each score is the highest of them",
        sentence=index,
    )
