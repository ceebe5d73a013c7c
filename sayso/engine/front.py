"""The Python front door."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from sayso.engine.options import Options
from sayso.engine.report import OffsetUnit, Report
from sayso.engine.report_builder import Progress
from sayso.engine.resources import CACHE_BYTES
from sayso.engine.scorer import Engine


class Scorer:
    """Scores many texts with one bundle, which is loaded once. Safe to use from several threads.

    Args:
        bundle: a bundle's folder or the name of a shipped one; the default bundle where None.
        threads: cores to use; all that this process may use where None.
        cache_bytes: for what is kept of sentences, so that one that comes again costs nothing;
            0 keeps none.

    Raises:
        BundleError: the bundle is missing, foreign, too new or damaged.
    """

    def __init__(
        self,
        bundle: Path | str | None = None,
        *,
        threads: int | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.engine = Engine(bundle, threads=threads, cache_bytes=cache_bytes)

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
            labels: those wanted; all where None.
            thresholds: probability from which on a label is flagged, per label; the bundle's own
                where left out.
            offset_unit: what offsets in the report count: `codepoint` or `utf16`.
            progress: called with the sentences done and all sentences.

        Raises:
            InputError: the text is not valid Unicode, or an option cannot be.
        """
        return self.engine.score(text, Options(labels, thresholds, offset_unit), progress=progress)

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
        return self.engine.score_sentences(
            sentences, Options(labels, thresholds, offset_unit), progress=progress
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


@cache
def _default_scorer() -> Scorer:
    return Scorer()
