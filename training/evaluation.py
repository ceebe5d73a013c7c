"""Evaluating a bundle as it is shipped, beside the baselines, in one run.

Everything is read through the front door: the same windows, int8 network, calibration and
thresholds that users get.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from models.bundle import RECIPE
from models.errors import CorpusError
from models.labels import LABELS, UNVERIFIED_ATTRIBUTION
from sayso.scorer import Scorer
from training.baselines import cue_word_scores, tfidf_scores
from training.corpora import Example, read_corpus
from training.metrics import (
    Floats,
    SentenceMetrics,
    best_threshold,
    character_f1,
    sentence_metrics,
)
from training.recipe import CorpusRecipe, Recipe, load_recipe


@dataclass(frozen=True, slots=True)
class SentenceResult:
    """One system on one label of one corpus's test rows.

    `threshold_from`: `bundle` where the shipped threshold decides; `dev` where it was chosen on
    the corpus's own development rows, since that corpus draws the line elsewhere.
    """

    corpus: str
    label: str
    system: str
    threshold_from: str
    metrics: SentenceMetrics


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """Evidence of one label over the characters of the test rows that truly have the label.

    `f1` asks for the spans of every such row; `end_to_end_f1` is of all rows, and only for
    flagged sentences, as users see them.
    """

    corpus: str
    label: str
    precision: float
    recall: float
    f1: float
    end_to_end_f1: float


@dataclass(frozen=True, slots=True)
class KindResult:
    """Accuracy of the kind over the true positives of unverified attribution."""

    corpus: str
    rows: int
    accuracy: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All results of one bundle."""

    model: str
    recipe: str
    sentences: tuple[SentenceResult, ...]
    evidence: tuple[EvidenceResult, ...]
    kinds: tuple[KindResult, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for JSON."""
        return asdict(self)


class _Reader:
    """A bundle's scores of examples: the shipped labels and the auxiliary heads."""

    def __init__(self, scorer: Scorer, examples: Sequence[Example]) -> None:
        self.engine = scorer.engine
        self.examples = examples
        self.readings = self.engine.read([example.text for example in examples])

    def scores(self, head: str) -> Floats:
        """Probabilities of a label, or of an auxiliary head (uncalibrated), shape [examples]."""
        if head in LABELS:
            return np.array([self.engine.probability(one, head) for one in self.readings])
        auxiliary = self.engine.bundle.manifest.auxiliary
        column = len(LABELS) + auxiliary.index(head)
        logits = np.array([one.sentence[column] for one in self.readings], np.float64)
        return np.asarray(1 / (1 + np.exp(-logits)))

    def spans(self, place: int, label: str) -> list[tuple[int, int]]:
        """Evidence of one example, whether it is flagged or not."""
        found = self.engine.evidence(self.examples[place].text, self.readings[place], label)
        return [(start, end) for start, end, _ in found]


def evaluate(
    bundle: Path | str | None, recipe: Recipe | None, data: Path | None, console: Console
) -> Evaluation:
    """Evaluate a bundle on the test rows of every corpus of a recipe that has some.

    The recipe is the bundle's own where None, the bundle the shipped default.

    Raises:
        BundleError: the bundle cannot be used.
        CorpusError: a corpus cannot be read.
    """
    scorer = Scorer(bundle)
    recipe = recipe or load_recipe(str(scorer.engine.bundle.path / RECIPE))
    sentences: list[SentenceResult] = []
    evidence: list[EvidenceResult] = []
    kinds: list[KindResult] = []
    for corpus in recipe.corpora:
        if not corpus.test:
            continue
        console.print(f"evaluating on {corpus.name} ...")
        run = _CorpusRun(scorer, recipe, corpus, data)
        sentences += run.sentences()
        evidence += run.evidence()
        kinds += run.kinds()
    return Evaluation(
        model=scorer.engine.bundle.model_version,
        recipe=recipe.name,
        sentences=tuple(sentences),
        evidence=tuple(evidence),
        kinds=tuple(kinds),
    )


class _CorpusRun:
    """The evaluation on one corpus."""

    def __init__(
        self, scorer: Scorer, recipe: Recipe, corpus: CorpusRecipe, data: Path | None
    ) -> None:
        self.corpus = corpus
        self.train = read_corpus(recipe, corpus, corpus.train, data)
        self.dev = _Reader(scorer, read_corpus(recipe, corpus, corpus.dev, data))
        self.test = _Reader(scorer, read_corpus(recipe, corpus, corpus.test, data))
        if not self.dev.examples:
            raise CorpusError(f"corpus {corpus.name!r} has test rows but no dev rows")

    def sentences(self) -> list[SentenceResult]:
        """Every system on every label that the corpus judges."""
        return [result for head, label in self._judged() for result in self._systems(head, label)]

    def _judged(self) -> list[tuple[str, str]]:
        """The head that the corpus teaches, and the label of Sayso that is held against it."""
        judges = self.corpus.judges or {
            name: head for name, head in self.corpus.labels.items() if head in LABELS
        }
        return [(self.corpus.labels[name], label) for name, label in judges.items()]

    def _systems(self, head: str, label: str) -> list[SentenceResult]:
        dev, test = _targets(self.dev.examples, head), _targets(self.test.examples, head)
        train = _targets(self.train, head)
        texts = [[example.text for example in reader.examples] for reader in (self.dev, self.test)]
        own = head == label
        manifest = self.test.engine.bundle.manifest
        scores = {"sayso": (self.dev.scores(label), self.test.scores(label))}
        if not own and head in manifest.auxiliary:
            scores[f"sayso, head {head}"] = (self.dev.scores(head), self.test.scores(head))
        tfidf_dev, tfidf_test = tfidf_scores([one.text for one in self.train], train, *texts)
        scores["TF-IDF + LR"] = (tfidf_dev, tfidf_test)
        cues_dev, cues_test = (cue_word_scores(some, label) for some in texts)
        scores["cue words"] = (cues_dev, cues_test)
        results = []
        for system, (dev_scores, test_scores) in scores.items():
            shipped = own and system == "sayso"
            threshold = (
                manifest.labels[label].threshold
                if shipped
                else best_threshold(dev, dev_scores, macro=self.corpus.headline == "macro_f1")
            )
            results.append(
                SentenceResult(
                    corpus=self.corpus.name,
                    label=label,
                    system=system,
                    threshold_from="bundle" if shipped else "dev",
                    metrics=sentence_metrics(test, test_scores, threshold),
                )
            )
        return results

    def evidence(self) -> list[EvidenceResult]:
        """Evidence for each label whose words the corpus marks."""
        return [self._evidence(label) for label in LABELS if label in self.corpus.spans.values()]

    def _evidence(self, label: str) -> EvidenceResult:
        examples = self.test.examples
        threshold = self.test.engine.bundle.manifest.labels[label].threshold
        flagged = self.test.scores(label) >= threshold
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
        manifest = self.test.engine.bundle.manifest
        flagged = (
            self.test.scores(UNVERIFIED_ATTRIBUTION)
            >= manifest.labels[UNVERIFIED_ATTRIBUTION].threshold
        )
        right = [
            example.kind == manifest.kinds[int(reading.kind.argmax())]
            for example, reading, flag in zip(
                self.test.examples, self.test.readings, flagged, strict=True
            )
            if flag and example.kind is not None
        ]
        return [KindResult(self.corpus.name, len(right), sum(right) / max(1, len(right)))]


def _targets(examples: Sequence[Example], head: str) -> Floats:
    return np.array([float(example.targets[head] >= 0.5) for example in examples])
