"""Evaluating a bundle as it is shipped, beside the baselines, in one run.

Everything is read through the front door: the same windows, int8 network, calibration and
thresholds that users get.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from rich.console import Console

from sayso.engine.scorer import Scorer
from sayso.errors import CorpusError
from sayso.labels import LABELS, UNVERIFIED_ATTRIBUTION
from sayso.training.baselines import cue_word_scores, tfidf_scores
from sayso.training.corpora import has_values, read_corpus
from sayso.training.cross_validation import measure_folds
from sayso.training.fairness import measure_flips, measure_leanings, read_leanings
from sayso.training.metrics import Floats, best_threshold, character_f1, sentence_metrics
from sayso.training.predictions import Reader, targets_of
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

MISTAKES_SHOWN = 5
"""Of each label."""
NO_RIVALS: Mapping[str, Path] = MappingProxyType({})


def evaluate(
    bundle: Path | str | None,
    recipe: Recipe,
    data: Path | None,
    console: Console,
    *,
    rivals: Mapping[str, Path] = NO_RIVALS,
) -> Evaluation:
    """Evaluate a bundle on the test rows of every corpus of a recipe that has some.

    The bundle is the shipped default where None. `rivals` are further bundles, by the names that
    the tables shall give them.

    Raises:
        BundleError: the bundle cannot be used.
        CorpusError: a corpus cannot be read.
    """
    scorer = Scorer(bundle)
    others = {name: Scorer(path) for name, path in rivals.items()}
    sentences: list[SentenceResult] = []
    folds: list[FoldsResult] = []
    evidence: list[EvidenceResult] = []
    kinds: list[KindResult] = []
    leanings: list[LeaningResult] = []
    mistakes: list[Mistake] = []
    scored: list[ScoredRows] = []
    for corpus in recipe.corpora:
        if not corpus.test:
            continue
        console.print(f"evaluating on {corpus.name} ...")
        if corpus.folds:
            folds += _folds(scorer, recipe, corpus, data)
            continue
        run = _CorpusRun(scorer, others, recipe, corpus, data)
        sentences += run.sentences()
        evidence += run.evidence()
        kinds += run.kinds()
        leanings += run.leanings()
        mistakes += run.mistakes()
        scored += run.scored()
    return Evaluation(
        model=scorer.bundle.model_version,
        recipe=recipe.name,
        sentences=tuple(sentences),
        folds=tuple(folds),
        evidence=tuple(evidence),
        kinds=tuple(kinds),
        flips=tuple(measure_flips(scorer)),
        leanings=tuple(leanings),
        mistakes=tuple(mistakes),
        scored=tuple(scored),
    )


class _CorpusRun:
    """The evaluation on one corpus."""

    def __init__(
        self,
        scorer: Scorer,
        rivals: Mapping[str, Scorer],
        recipe: Recipe,
        corpus: CorpusRecipe,
        data: Path | None,
    ) -> None:
        self.corpus = corpus
        self.data = data
        # A yardstick that has no rows of its own to learn from borrows another corpus's.
        lender = recipe.corpus(corpus.borrow) if corpus.borrow else corpus
        self.train = read_corpus(recipe, lender, "train", data)
        self.dev = Reader(scorer, read_corpus(recipe, lender, "dev", data))
        if not self.dev.examples:
            raise CorpusError(f"corpus {corpus.name!r} has test rows but no dev rows")
        test = read_corpus(recipe, corpus, "test", data)
        self.test = Reader(scorer, [one for one in test if has_values(one.row, corpus.only)])
        self.bundles = {"sayso": (self.dev, self.test)} | {
            name: (Reader(rival, self.dev.examples), Reader(rival, self.test.examples))
            for name, rival in rivals.items()
        }

    def sentences(self) -> list[SentenceResult]:
        """Every system on every label that the corpus judges."""
        return [
            result for head, label in _judged(self.corpus) for result in self._systems(head, label)
        ]

    def _systems(self, head: str, label: str) -> list[SentenceResult]:
        dev = targets_of(self.dev.examples, head)
        test = targets_of(self.test.examples, head)
        # The corpus draws the line where the label does, or nothing is known of where it does.
        trusted = head == label or bool(self.corpus.borrow)
        parts = self._parts()
        results = []
        for system, (dev_scores, test_scores) in self._scores(head, label).items():
            shipped = trusted and system in self.bundles
            threshold = (
                self.bundles[system][1].threshold(label)
                if shipped
                else best_threshold(dev, dev_scores, macro=self.corpus.headline == "macro_f1")
            )
            for part, rows in parts.items():
                results.append(
                    SentenceResult(
                        corpus=part,
                        label=label,
                        system=system,
                        threshold_from="bundle" if shipped else "dev",
                        metrics=sentence_metrics(test[rows], test_scores[rows], threshold),
                    )
                )
        return results

    def _scores(self, head: str, label: str) -> dict[str, tuple[Floats, Floats]]:
        """Each system's scores of the dev rows and of the test rows."""
        texts = [[example.text for example in reader.examples] for reader in (self.dev, self.test)]
        scores = {
            name: (dev.scores(label), test.scores(label))
            for name, (dev, test) in self.bundles.items()
        }
        if head != label and head in self.test.auxiliary:
            scores[f"sayso, head {head}"] = (self.dev.scores(head), self.test.scores(head))
        tfidf_dev, tfidf_test = tfidf_scores(
            [one.text for one in self.train], targets_of(self.train, head), *texts
        )
        scores["TF-IDF + LR"] = (tfidf_dev, tfidf_test)
        cues_dev, cues_test = (cue_word_scores(some, label) for some in texts)
        scores["cue words"] = (cues_dev, cues_test)
        return scores

    def _parts(self) -> dict[str, list[int]]:
        """Places of all test rows, and of those of each named part."""
        places = range(len(self.test.examples))
        return {self.corpus.name: list(places)} | {
            f"{self.corpus.name}, {part}": [
                place for place in places if has_values(self.test.examples[place].row, values)
            ]
            for part, values in self.corpus.parts.items()
        }

    def evidence(self) -> list[EvidenceResult]:
        """Evidence for each label whose words the corpus marks."""
        return [self._evidence(label) for label in LABELS if label in self.corpus.spans.values()]

    def _evidence(self, label: str) -> EvidenceResult:
        examples = self.test.examples
        flagged = self.test.flags(label)
        positives = [place for place, one in enumerate(examples) if one.targets[label] >= 0.5]
        precision, recall, f1 = character_f1(
            [examples[place].spans[label] for place in positives],
            [self.test.spans(place, label) for place in positives],
        )
        shown = [
            self.test.spans(place, label) if flag else [] for place, flag in enumerate(flagged)
        ]
        end_to_end = character_f1([one.spans[label] for one in examples], shown)[2]
        return EvidenceResult(self.corpus.name, label, precision, recall, f1, end_to_end)

    def kinds(self) -> list[KindResult]:
        """The kinds, where the corpus names them."""
        if not self.corpus.kinds:
            return []
        flagged = self.test.flags(UNVERIFIED_ATTRIBUTION)
        right = [
            example.kind == prediction.kind
            for example, prediction, flag in zip(
                self.test.examples, self.test.predictions, flagged, strict=True
            )
            if flag and example.kind is not None
        ]
        return [KindResult(self.corpus.name, len(right), sum(right) / max(1, len(right)))]

    def leanings(self) -> list[LeaningResult]:
        """Error rates by the leaning of the outlets, where the corpus knows the articles."""
        if self.data is None or not self.corpus.leanings:
            return []
        flags = {
            label: self.test.flags(label).astype(np.float64)
            for label in LABELS
            if label in self.corpus.labels.values()
        }
        articles = read_leanings(self.data / self.corpus.leanings)
        return measure_leanings(self.test.examples, flags, articles)

    def scored(self) -> list[ScoredRows]:
        """Scores of the labels that the corpus teaches by Sayso's own idea of them."""
        return [
            ScoredRows(
                self.corpus.name,
                label,
                targets_of(self.test.examples, label),
                self.test.scores(label),
                self.test.threshold(label),
            )
            for head, label in _judged(self.corpus)
            if head == label
        ]

    def mistakes(self) -> list[Mistake]:
        """The surest mistakes on each label, where the sentences are our own to show."""
        if not self.corpus.shipped:
            return []
        found = []
        for rows in self.scored():
            wrong = (rows.scores >= rows.threshold) != (rows.targets == 1)
            distances = np.where(wrong, np.abs(rows.scores - rows.threshold), -1)
            surest = [int(row) for row in np.argsort(-distances) if wrong[row]]
            found += [
                Mistake(
                    rows.label,
                    bool(rows.targets[row]),
                    float(rows.scores[row]),
                    self.test.examples[row].text,
                )
                for row in surest[:MISTAKES_SHOWN]
            ]
        return found


def _judged(corpus: CorpusRecipe) -> list[tuple[str, str]]:
    """The heads that a corpus teaches, and the label of Sayso that is held against each."""
    judges = corpus.judges or {name: head for name, head in corpus.labels.items() if head in LABELS}
    return [(corpus.labels[name], label) for name, label in judges.items()]


def _folds(
    scorer: Scorer, recipe: Recipe, corpus: CorpusRecipe, data: Path | None
) -> list[FoldsResult]:
    reader = Reader(scorer, read_corpus(recipe, corpus, "test", data))
    return [
        result
        for head, label in _judged(corpus)
        for result in measure_folds(corpus.name, reader, head, label, corpus.folds)
    ]
