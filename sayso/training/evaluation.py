"""Evaluation of a bundle as it is shipped, beside the baselines, in one run.

Everything is measured with what users get: the same windows, int8 network, calibration and
thresholds.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console

from sayso.engine.scorer import Scorer
from sayso.errors import CorpusError
from sayso.labels import LABELS, UNVERIFIED_ATTRIBUTION
from sayso.training.baselines import cue_word_scores, tfidf_scores
from sayso.training.corpora import has_values, read_corpus
from sayso.training.cross_validation import measure_folds
from sayso.training.fairness import measure_flips, measure_leanings, read_leanings
from sayso.training.metrics import Float64Array, best_threshold, character_f1, sentence_metrics
from sayso.training.predictions import Predictions, targets_of
from sayso.training.recipe import CorpusRecipe, Recipe
from sayso.training.results import (
    Evaluation,
    EvidenceResult,
    FoldsResult,
    KindResult,
    LeaningResult,
    Mistake,
    ScoredRows,
    SentenceResult,
)

MISTAKES_PER_LABEL = 5
Result = TypeVar("Result")


def evaluate(
    bundle: Path | str | None,
    recipe: Recipe,
    data: Path | None,
    console: Console,
    *,
    comparisons: Mapping[str, Path] | None = None,
) -> Evaluation:
    """Evaluate a bundle on the test rows of every corpus of a recipe that has some.

    The bundle is the shipped default where None. `comparisons` are further bundles, by their names
    in the tables.

    Raises:
        BundleError: the bundle cannot be used.
        CorpusError: a corpus cannot be read.
    """
    scorer = Scorer(bundle)
    others = {name: Scorer(path) for name, path in (comparisons or {}).items()}
    results: list[object] = []
    for corpus in recipe.corpora:
        if corpus.test:
            console.print(f"evaluating on {corpus.name} ...")
            if corpus.folds:
                results += _folds(scorer, corpus, data)
            else:
                results += _CorpusEvaluation(scorer, others, recipe, corpus, data).results()

    def of(kind: type[Result]) -> tuple[Result, ...]:
        return tuple(result for result in results if isinstance(result, kind))

    return Evaluation(
        model=scorer.bundle.model_version,
        recipe=recipe.name,
        sentences=of(SentenceResult),
        folds=of(FoldsResult),
        evidence=of(EvidenceResult),
        kinds=of(KindResult),
        flips=tuple(measure_flips(scorer)),
        leanings=of(LeaningResult),
        mistakes=of(Mistake),
        scored=of(ScoredRows),
    )


class _CorpusEvaluation:
    """The evaluation on one corpus."""

    def __init__(
        self,
        scorer: Scorer,
        others: Mapping[str, Scorer],
        recipe: Recipe,
        corpus: CorpusRecipe,
        data: Path | None,
    ) -> None:
        self.corpus = corpus
        self.data = data
        source = recipe.corpus(corpus.source_corpus) if corpus.source_corpus else corpus
        self.train = read_corpus(source, "train", data)
        self.dev = Predictions(scorer, read_corpus(source, "dev", data))
        if not self.dev.examples:
            raise CorpusError(f"corpus {corpus.name!r} has test rows but no dev rows")
        test = read_corpus(corpus, "test", data)
        chosen = [example for example in test if has_values(example.row, corpus.test_filter)]
        self.test = Predictions(scorer, chosen)
        self.bundles = {"sayso": (self.dev, self.test)} | {
            name: (Predictions(other, self.dev.examples), Predictions(other, self.test.examples))
            for name, other in others.items()
        }

    def results(self) -> Iterator[object]:
        """All results, in the order of the tables."""
        for head, label in _evaluated_as(self.corpus):
            yield from self._systems(head, label)
        for label in LABELS:
            if label in self.corpus.spans.values():
                yield self._evidence(label)
        if self.corpus.kinds:
            yield self._kinds()
        if self.data is not None and self.corpus.leanings:
            yield from self._leanings(self.data / self.corpus.leanings)
        for head, label in _evaluated_as(self.corpus):
            if head == label:  # the corpus defines it as Sayso does
                scored = self._scored(label)
                yield scored
                if self.corpus.shipped:  # its sentences may be shown
                    yield from self._mistakes(scored)

    def _systems(self, head: str, label: str) -> Iterator[SentenceResult]:
        """Every system on one label."""
        dev = targets_of(self.dev.examples, head)
        test = targets_of(self.test.examples, head)
        # The shipped threshold fits the label as the corpus defines it, or nothing better is known.
        fits = head == label or bool(self.corpus.source_corpus)
        slices = self._slices()
        for system, (dev_scores, test_scores) in self._scores(head, label).items():
            shipped = fits and system in self.bundles
            threshold = (
                self.bundles[system][1].threshold(label)
                if shipped
                else best_threshold(dev, dev_scores, macro=self.corpus.headline == "macro_f1")
            )
            for name, rows in slices.items():
                yield SentenceResult(
                    corpus=name,
                    label=label,
                    system=system,
                    threshold_from="bundle" if shipped else "dev",
                    metrics=sentence_metrics(test[rows], test_scores[rows], threshold),
                )

    def _scores(self, head: str, label: str) -> dict[str, tuple[Float64Array, Float64Array]]:
        """Each system's scores of the dev rows and of the test rows."""
        texts = [[example.text for example in split.examples] for split in (self.dev, self.test)]
        scores = {
            name: (dev.scores(label), test.scores(label))
            for name, (dev, test) in self.bundles.items()
        }
        if head != label and head in self.test.auxiliary:
            scores[f"sayso, head {head}"] = (self.dev.scores(head), self.test.scores(head))
        train = [example.text for example in self.train]
        tfidf_dev, tfidf_test = tfidf_scores(train, targets_of(self.train, head), *texts)
        scores["TF-IDF + LR"] = (tfidf_dev, tfidf_test)
        cues_dev, cues_test = (cue_word_scores(split, label) for split in texts)
        scores["cue words"] = (cues_dev, cues_test)
        return scores

    def _slices(self) -> dict[str, list[int]]:
        """Indices of all test rows, and of those of each slice."""
        rows = range(len(self.test.examples))
        return {self.corpus.name: list(rows)} | {
            f"{self.corpus.name}, {name}": [
                row for row in rows if has_values(self.test.examples[row].row, values)
            ]
            for name, values in self.corpus.test_slices.items()
        }

    def _evidence(self, label: str) -> EvidenceResult:
        examples = self.test.examples
        flagged = self.test.flags(label)
        positives = [row for row, example in enumerate(examples) if example.targets[label] >= 0.5]
        precision, recall, f1 = character_f1(
            [examples[row].spans[label] for row in positives],
            [self.test.spans(row, label) for row in positives],
        )
        shown = [self.test.spans(row, label) if flag else [] for row, flag in enumerate(flagged)]
        end_to_end = character_f1([example.spans[label] for example in examples], shown)[2]
        return EvidenceResult(self.corpus.name, label, precision, recall, f1, end_to_end)

    def _kinds(self) -> KindResult:
        flagged = self.test.flags(UNVERIFIED_ATTRIBUTION)
        right = [
            example.kind == prediction.kind
            for example, prediction, flag in zip(
                self.test.examples, self.test.predictions, flagged, strict=True
            )
            if flag and example.kind is not None
        ]
        return KindResult(self.corpus.name, len(right), sum(right) / max(1, len(right)))

    def _leanings(self, articles: Path) -> list[LeaningResult]:
        flags = {
            label: self.test.flags(label).astype(np.float64)
            for label in LABELS
            if label in self.corpus.labels.values()
        }
        return measure_leanings(self.test.examples, flags, read_leanings(articles))

    def _scored(self, label: str) -> ScoredRows:
        return ScoredRows(
            self.corpus.name,
            label,
            targets_of(self.test.examples, label),
            self.test.scores(label),
            self.test.threshold(label),
        )

    def _mistakes(self, rows: ScoredRows) -> Iterator[Mistake]:
        """The surest mistakes on a label."""
        wrong = (rows.scores >= rows.threshold) != (rows.targets == 1)
        distances = np.where(wrong, np.abs(rows.scores - rows.threshold), -1)
        surest = [int(row) for row in np.argsort(-distances) if wrong[row]]
        for row in surest[:MISTAKES_PER_LABEL]:
            yield Mistake(
                rows.label,
                bool(rows.targets[row]),
                float(rows.scores[row]),
                self.test.examples[row].text,
            )


def _evaluated_as(corpus: CorpusRecipe) -> list[tuple[str, str]]:
    """Heads of a corpus, each with the label of Sayso that is evaluated on it."""
    own = {name: head for name, head in corpus.labels.items() if head in LABELS}
    return [(corpus.labels[name], label) for name, label in (corpus.eval_as or own).items()]


def _folds(scorer: Scorer, corpus: CorpusRecipe, data: Path | None) -> Iterator[FoldsResult]:
    predictions = Predictions(scorer, read_corpus(corpus, "test", data))
    for head, label in _evaluated_as(corpus):
        yield from measure_folds(corpus.name, predictions, head, label, corpus.folds)
