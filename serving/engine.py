"""The engine: a text or sentences in, a report out. Knows nothing of HTTP."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.labels import KINDS, LABELS, UNVERIFIED_ATTRIBUTION
from models.manifest import LabelSettings
from serving.evidence import evidence_spans, place_evidence
from serving.network import Network, Reading
from serving.offsets import Utf16Offsets
from serving.options import Options
from serving.quotation import quoted_ranges
from serving.report import Evidence, Report, ReportWarning, Sentence
from serving.sentences import split_sentences
from serving.summary import summarize
from serving.text_checks import has_words, require_unicode, text_warnings

SENTENCES_PER_CHUNK = 256
"""Read together: enough to sort by length, few enough that memory does not grow with the text."""

Progress = Callable[[int, int], None]
"""Called with the sentences done and all sentences."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence to score: where it starts in its text, and that text's quoted ranges."""

    text: str
    start: int
    quoted: Sequence[tuple[int, int]]


class Engine:
    """Scores texts with one bundle. Make one and keep it; it may be called from several threads.

    Args:
        bundle: a loaded bundle, or where it is; the shipped default where None.
        threads: for one call; all cores that this process may use where None.

    Raises:
        BundleError: the bundle cannot be used; the message says why.
    """

    def __init__(
        self, bundle: Bundle | Path | str | None = None, *, threads: int | None = None
    ) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else Bundle.load(bundle)
        self.network = Network(self.bundle, threads=threads)

    def score(
        self, text: str, options: Options = Options(), *, progress: Progress | None = None
    ) -> Report:
        """Split `text` into sentences and score each; offsets count in `text`.

        Raises:
            InputError: the text is not valid Unicode, or an option cannot be.
        """
        require_unicode(text, "text")
        quoted = quoted_ranges(text)
        pieces = [_Piece(text[start:end], start, quoted) for start, end in split_sentences(text)]
        report = self._report(pieces, text_warnings(text), options, progress)
        return _in_utf16(report, text) if options.offset_unit == "utf16" else report

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
        for index, sentence in enumerate(sentences):
            require_unicode(sentence, f"sentences[{index}]")
        pieces = [_Piece(sentence, 0, quoted_ranges(sentence)) for sentence in sentences]
        report = self._report(pieces, text_warnings("\n".join(sentences)), options, progress)
        return _in_utf16(report, None) if options.offset_unit == "utf16" else report

    def read(self, sentences: Sequence[str]) -> list[Reading]:
        """The network's raw answers, before calibration and thresholds; for evaluation."""
        return [
            reading
            for first in range(0, len(sentences), SENTENCES_PER_CHUNK)
            for reading in self.network.read(sentences[first : first + SENTENCES_PER_CHUNK])
        ]

    def evidence(
        self, sentence: str, reading: Reading, label: str, threshold: float | None = None
    ) -> list[tuple[int, int, float]]:
        """Start, end and score of the spans that carry `label`, if the sentence has it.

        `threshold` is the probability from which on a word counts; the bundle's where None.
        """
        if threshold is None:
            threshold = self.bundle.manifest.labels[label].evidence_threshold
        word_scores = sigmoid(reading.word_logits[:, LABELS.index(label)])
        return evidence_spans(sentence, reading.words, word_scores, threshold)

    def probability(self, reading: Reading, label: str) -> float:
        """The calibrated probability of `label`, rounded to four digits.

        Rounded before a threshold is applied: what is shown and what is decided agree.
        """
        calibration = self.bundle.manifest.labels[label].calibration
        logit = float(reading.sentence[LABELS.index(label)])
        scaled = calibration.slope * logit + calibration.intercept
        return round(float(sigmoid(np.array(scaled))), 4)

    def _report(
        self,
        pieces: Sequence[_Piece],
        warnings: list[ReportWarning],
        options: Options,
        progress: Progress | None,
    ) -> Report:
        settings = options.settings(self.bundle.manifest)
        sentences: list[Sentence] = []
        for first in range(0, len(pieces), SENTENCES_PER_CHUNK):
            chunk = pieces[first : first + SENTENCES_PER_CHUNK]
            for piece, reading in zip(chunk, self._read(chunk), strict=True):
                index = len(sentences)
                sentences.append(self._sentence(index, piece, reading, settings))
                if reading is not None and reading.windows > 1:
                    warnings.append(_long_sentence(index, piece, reading))
            if progress is not None:
                progress(len(sentences), len(pieces))
        return Report(
            model=self.bundle.model_version,
            offset_unit="codepoint",
            thresholds={label: of_label.threshold for label, of_label in settings.items()},
            sentences=tuple(sentences),
            summary=summarize(sentences, list(settings)),
            warnings=tuple(warnings),
        )

    def _sentence(
        self,
        index: int,
        piece: _Piece,
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

    def _read(self, pieces: Sequence[_Piece]) -> Iterator[Reading | None]:
        """A reading for each piece; None where there are no words to read."""
        readable = [has_words(piece.text) for piece in pieces]
        texts = [piece.text for piece, words in zip(pieces, readable, strict=True) if words]
        readings = iter(self.read(texts))
        for words in readable:
            yield next(readings) if words else None


def sigmoid(logits: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of logits, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)))


def _long_sentence(index: int, piece: _Piece, reading: Reading) -> ReportWarning:
    return ReportWarning(
        "long_sentence",
        f"the sentence has {len(piece.text):,} characters and was read in {reading.windows} "
        "overlapping windows; each score is the highest of them",
        sentence=index,
    )


def _in_utf16(report: Report, text: str | None) -> Report:
    """The report with UTF-16 offsets in `text`, or in each sentence on its own where None."""
    in_text = None if text is None else Utf16Offsets(text)

    def convert(sentence: Sentence) -> Sentence:
        offsets = in_text or Utf16Offsets(sentence.text)
        evidence: tuple[Evidence, ...] = tuple(
            replace(found, start=offsets(found.start), end=offsets(found.end))
            for found in sentence.evidence
        )
        return replace(
            sentence,
            start=offsets(sentence.start),
            end=offsets(sentence.end),
            evidence=evidence,
        )

    return replace(report, offset_unit="utf16", sentences=tuple(map(convert, report.sentences)))
