"""A whole run: recipe and corpora in, bundle out.

A run's folder holds:

    recipe.toml    the recipe as it was
    log.jsonl      losses, rates, speed, dev scores; `curves.png` is drawn from it
    checkpoint/    where to go on after a kill
    bundle/        the result
"""

import json
import random
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch
from rich.console import Console
from transformers.utils import logging as transformers_logging

from sayso.bundle.bundle import (
    CARD,
    MANIFEST,
    METRICS,
    NETWORK,
    RECIPE,
    TOKENIZER,
    Bundle,
    write_checksums,
)
from sayso.bundle.manifest import Calibration, LabelSettings, Manifest
from sayso.labels import LABELS
from sayso.training.batches import Batcher
from sayso.training.calibration import fit_settings
from sayso.training.card import model_card
from sayso.training.checkpoint import find_checkpoint, load_network
from sayso.training.corpora import Example, Part, read_corpus
from sayso.training.evaluation import evaluate
from sayso.training.export import Parity, export_network, measure_parity, save_tokenizer
from sayso.training.import_onnx import restore_network
from sayso.training.loop import Trainer, TrainingSet
from sayso.training.mixture import mix
from sayso.training.network import SentenceReader, begin_as, build_network
from sayso.training.quantization import quantize_network
from sayso.training.recipe import CorpusRecipe, Recipe
from sayso.training.recipe_file import load_recipe

NOT_YET = LabelSettings(Calibration(), threshold=0.5, evidence_threshold=0.5)
"""Settings of a bundle that is not calibrated yet: the network's own probabilities."""

CALIBRATION = 256
"""Training sentences on which the ranges of int8 are chosen."""

HELD_OUT: tuple[Part, ...] = ("dev", "test")


class Run:
    """One training run in a folder; `train` and `export` can each be taken up again."""

    def __init__(self, recipe: Recipe, data: Path | None, folder: Path, console: Console) -> None:
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.recipe = recipe
        self.data = data
        self.folder = folder
        self.console = console
        self.is_main_process = True
        torch.manual_seed(recipe.seed)
        self.network, self.tokenizer = build_network(
            recipe.network,
            sentence_heads=len(recipe.sentence_heads),
            span_heads=len(recipe.span_heads),
        )

    @property
    def bundle(self) -> Path:
        """Where the bundle is, or will be."""
        return self.folder / "bundle"

    def train(self, *, restart: bool = False) -> None:
        """Train through all stages, from the checkpoint if there is one.

        Raises:
            CorpusError: a corpus cannot be read.
            RecipeError: the folder holds another recipe's run.
        """
        rivals(self.recipe, self.data, self.folder.parent, self.console)
        if restart:
            shutil.rmtree(self.folder, ignore_errors=True)
        find_checkpoint(self.folder / "checkpoint", self.recipe.fingerprint)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / RECIPE).write_text(self._recipe_text(), encoding="utf-8")
        teacher = self._teacher()
        if teacher is not None:
            begin_as(self.network, teacher, self.recipe.network.layers)
        trainer = Trainer(
            self.network, self.recipe, self._training_set(), self.folder, self.console, teacher
        )
        trainer.train()
        self.is_main_process = trainer.is_main_process
        if self.is_main_process:
            trainer.log.plot(self.folder / "curves.png")

    def export(self) -> Path:
        """Make the bundle of the trained network: export, calibrate, evaluate, describe."""
        checkpoint = self.folder / "checkpoint"
        find_checkpoint(checkpoint, self.recipe.fingerprint)
        load_network(checkpoint, self.network)
        self.network.eval()
        # Built beside its place, so that a kill leaves no half bundle under the final name.
        fresh = self.bundle.with_name("bundle.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        dev = self._dev()
        self.console.print("exporting to ONNX int8 ...")
        whole = fresh / "float32.onnx"
        export_network(self.network, whole)
        quantize_network(whole, fresh / NETWORK, self._calibration_sentences())
        save_tokenizer(self.tokenizer, fresh / TOKENIZER)
        manifest = self._manifest()
        for name, text in ((RECIPE, self._recipe_text()), (METRICS, "{}"), (CARD, "")):
            (fresh / name).write_text(text, encoding="utf-8")
        (fresh / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        write_checksums(fresh)
        self.console.print("calibrating on development rows ...")
        manifest = replace(manifest, labels=fit_settings(fresh, dev))
        (fresh / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        write_checksums(fresh)
        parity = self._parity(manifest, {"float32": whole, "int8": fresh / NETWORK})
        whole.unlink()
        evaluation = replace(
            evaluate(
                fresh,
                self.recipe,
                self.data,
                self.console,
                rivals=rivals(self.recipe, self.data, self.folder.parent, self.console),
            ),
            # Without the digest, which covers the very file that this goes into.
            model=f"{manifest.name}-{manifest.version}",
        )
        metrics = {
            "evaluation": evaluation.to_dict(),
            "parity": {name: asdict(one) for name, one in parity.items()},
        }
        (fresh / METRICS).write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
        card = model_card(manifest, self.recipe, evaluation, parity)
        (fresh / CARD).write_text(card, encoding="utf-8")
        write_checksums(fresh)
        shutil.rmtree(self.bundle, ignore_errors=True)
        fresh.rename(self.bundle)
        return self.bundle

    def _teacher(self) -> SentenceReader | None:
        """The network of the recipe's teacher."""
        return restore_network(Bundle.load(self.recipe.teacher)) if self.recipe.teacher else None

    def _training_set(self) -> TrainingSet:
        corpora, held_out = {}, []
        for corpus in self.recipe.corpora:
            corpora[corpus.name] = self._read(corpus, "train")
            for part in HELD_OUT:
                held_out += [one.text for one in self._read(corpus, part)]
        mixture = mix(corpora, held_out)
        for name, rows in mixture.rows.items():
            if not rows:  # a yardstick, which teaches nothing
                continue
            lost = mixture.held_out[name]
            left_out = f", {lost:,} more are held out by a corpus" if lost else ""
            self.console.print(f"{name}: {len(rows):,} sentences{left_out}")
        return TrainingSet(self.batcher(mixture.examples), mixture.rows, self.batcher(self._dev()))

    def _calibration_sentences(self) -> list[list[int]]:
        """The word pieces of some training sentences, on which the ranges of int8 are chosen."""
        texts = [example.text for example in self._reference("train")]
        drawn = random.Random(self.recipe.seed).sample(texts, min(CALIBRATION, len(texts)))
        ids: list[list[int]] = self.tokenizer(
            drawn, truncation=True, max_length=self.recipe.network.max_tokens
        )["input_ids"]
        return ids

    def _parity(self, manifest: Manifest, files: Mapping[str, Path]) -> dict[str, Parity]:
        """How near the files are to the trained network, on the reference's test rows."""
        texts = [example.text for example in self._reference("test")]
        parity = {}
        for name, file in files.items():
            one = measure_parity(self.network, self.tokenizer, file, texts, manifest)
            self.console.print(
                f"{name} against torch on {one.sentences} test sentences: largest difference "
                f"{one.largest:.4f}, mean {one.mean:.4f}, flips {one.flips:.2%}"
            )
            parity[name] = one
        return parity

    def _dev(self) -> list[Example]:
        return self._reference("dev")

    def _reference(self, part: Part) -> list[Example]:
        return self._read(self.recipe.corpus(self.recipe.reference), part)

    def _read(self, corpus: CorpusRecipe, part: Part) -> list[Example]:
        return read_corpus(self.recipe, corpus, part, self.data)

    def batcher(self, examples: list[Example]) -> Batcher:
        """Batches for this run's network."""
        return Batcher(
            examples,
            self.tokenizer,
            sentence_heads=self.recipe.sentence_heads,
            span_heads=self.recipe.span_heads,
            max_tokens=self.recipe.network.max_tokens,
        )

    def _recipe_text(self) -> str:
        return self.recipe.path.read_text(encoding="utf-8")

    def _manifest(self) -> Manifest:
        return Manifest(
            name=self.recipe.name,
            version=f"{datetime.now(UTC):%Y.%m.%d}",
            created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            sayso_version=version("sayso"),
            base_network=self.recipe.network.encoder,
            precision="int8",
            max_tokens=self.recipe.network.max_tokens,
            overlap_tokens=self.recipe.network.overlap_tokens,
            labels=dict.fromkeys(LABELS, NOT_YET),
            auxiliary=self.recipe.sentence_heads[len(LABELS) :],
        )


def rivals(recipe: Recipe, data: Path | None, runs: Path, console: Console) -> dict[str, Path]:
    """The bundles of a recipe's teacher and baselines, by the names that tables give them.

    Each baseline is trained in the folder `runs` unless it is there already.
    """
    bundles = {}
    if recipe.teacher:
        bundles["teacher"] = Bundle.load(recipe.teacher).path
    for baseline in map(load_recipe, recipe.baselines):
        bundle = runs / baseline.name / "bundle"
        # Asked of the files, since a run builds its network as soon as it is made.
        if not _is_made_by(baseline, bundle):
            run = Run(baseline, data, runs / baseline.name, console)
            console.print(f"training the baseline, recipe {baseline.name} ...")
            run.train()
            if run.is_main_process:
                run.export()
        bundles[f"recipe {baseline.name}"] = bundle
    return bundles


def _is_made_by(recipe: Recipe, bundle: Path) -> bool:
    """Whether the bundle is there and was made by this very recipe."""
    made_by = bundle / RECIPE
    return made_by.exists() and made_by.read_text(encoding="utf-8") == recipe.path.read_text(
        encoding="utf-8"
    )
