"""A whole run: recipe and corpora in, bundle out.

A run's folder holds:

    recipe.toml    a copy of the recipe
    log.jsonl      losses, learning rates, speed, dev scores; `curves.png` is drawn from it
    checkpoint/    the state to resume from
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
from sayso.training.corpora import Example, SplitName, read_corpus
from sayso.training.evaluation import evaluate
from sayso.training.export import Parity, export_network, measure_parity, save_tokenizer
from sayso.training.import_onnx import import_network
from sayso.training.loop import Trainer, TrainingSet
from sayso.training.mixture import mix
from sayso.training.network import build_network, init_from_teacher
from sayso.training.quantization import quantize_network
from sayso.training.recipe import CorpusRecipe, Recipe

UNCALIBRATED = LabelSettings(Calibration(), threshold=0.5, evidence_threshold=0.5)
"""Settings of a bundle before calibration: the network's own probabilities."""

CALIBRATION_SENTENCES = 256
"""Training sentences for the choice of int8 ranges."""

HELD_OUT: tuple[SplitName, ...] = ("dev", "test")


class Run:
    """One training run in a folder; `train` and `export` can each be repeated after a kill."""

    def __init__(self, recipe: Recipe, data: Path | None, folder: Path, console: Console) -> None:
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.recipe = recipe
        self.data = data
        self.folder = folder
        self.console = console
        self.is_main_process = True
        torch.manual_seed(recipe.seed)
        self.network, self.tokenizer = build_network(recipe)

    @property
    def bundle(self) -> Path:
        """The folder of the bundle, which `export` makes."""
        return self.folder / "bundle"

    def train(self, *, restart: bool = False) -> None:
        """Train all stages, from the checkpoint if there is one.

        Raises:
            CorpusError: a corpus cannot be read.
            RecipeError: the folder holds a run of another recipe.
        """
        if restart:
            shutil.rmtree(self.folder, ignore_errors=True)
        find_checkpoint(self.folder / "checkpoint", self.recipe.fingerprint)
        self.folder.mkdir(parents=True, exist_ok=True)
        recipe = self.recipe.path.read_text(encoding="utf-8")
        (self.folder / RECIPE).write_text(recipe, encoding="utf-8")
        teacher = None
        if self.recipe.teacher:
            teacher = import_network(Bundle.load(self.recipe.teacher))
            init_from_teacher(self.network, teacher, self.recipe.network.layers)
        trainer = Trainer(
            self.network, self.recipe, self._training_set(), self.folder, self.console, teacher
        )
        trainer.train()
        self.is_main_process = trainer.is_main_process
        if self.is_main_process:
            trainer.log.plot(self.folder / "curves.png")

    def export(self, comparisons: Mapping[str, Path] | None = None) -> Path:
        """Make the bundle of the trained network: export, calibrate, evaluate, write its card.

        `comparisons` are bundles to evaluate beside this one, by their names in the card's tables.
        """
        checkpoint = self.folder / "checkpoint"
        find_checkpoint(checkpoint, self.recipe.fingerprint)
        load_network(checkpoint, self.network)
        self.network.eval()
        # Made under another name, so that a kill leaves no half bundle under the final one.
        fresh = self.bundle.with_name("bundle.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        dev = self.examples("dev")
        self.console.print("exporting to ONNX int8 ...")
        float32 = fresh / "float32.onnx"
        export_network(self.network, float32)
        quantize_network(float32, fresh / NETWORK, self.calibration_sentences())
        save_tokenizer(self.tokenizer, fresh / TOKENIZER)
        manifest = self.manifest()
        recipe = self.recipe.path.read_text(encoding="utf-8")
        for name, text in ((RECIPE, recipe), (METRICS, "{}"), (CARD, "")):
            (fresh / name).write_text(text, encoding="utf-8")
        (fresh / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        write_checksums(fresh)
        self.console.print("calibrating on development rows ...")
        manifest = replace(manifest, labels=fit_settings(fresh, dev))
        (fresh / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        write_checksums(fresh)
        parity = self._parity(manifest, {"float32": float32, "int8": fresh / NETWORK})
        float32.unlink()
        evaluation = replace(
            evaluate(fresh, self.recipe, self.data, self.console, comparisons=comparisons),
            # Without the digest, which covers the file with these figures.
            model=f"{manifest.name}-{manifest.version}",
        )
        metrics = {
            "evaluation": evaluation.to_dict(),
            "parity": {name: asdict(of_file) for name, of_file in parity.items()},
        }
        (fresh / METRICS).write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
        card = model_card(manifest, self.recipe, evaluation, parity)
        (fresh / CARD).write_text(card, encoding="utf-8")
        write_checksums(fresh)
        shutil.rmtree(self.bundle, ignore_errors=True)
        fresh.rename(self.bundle)
        return self.bundle

    def _training_set(self) -> TrainingSet:
        corpora, held_out = {}, []
        for corpus in self.recipe.corpora:
            corpora[corpus.name] = self._read(corpus, "train")
            for split in HELD_OUT:
                held_out += [example.text for example in self._read(corpus, split)]
        mixture = mix(corpora, held_out)
        for name, rows in mixture.rows.items():
            if not rows:  # only evaluated
                continue
            lost = mixture.held_out[name]
            left_out = f" ({lost:,} more are held out)" if lost else ""
            self.console.print(f"{name}: {len(rows):,} sentences{left_out}")
        dev = self.batcher(self.examples("dev"))
        return TrainingSet(self.batcher(mixture.examples), mixture.rows, dev)

    def calibration_sentences(self) -> list[list[int]]:
        """The word pieces of some training sentences, for the choice of int8 ranges."""
        texts = [example.text for example in self.examples("train")]
        drawn = random.Random(self.recipe.seed).sample(
            texts, min(CALIBRATION_SENTENCES, len(texts))
        )
        ids: list[list[int]] = self.tokenizer(
            drawn, truncation=True, max_length=self.recipe.network.max_tokens
        )["input_ids"]
        return ids

    def _parity(self, manifest: Manifest, files: Mapping[str, Path]) -> dict[str, Parity]:
        """The differences between files and the trained network on the reference's test rows."""
        texts = [example.text for example in self.examples("test")]
        parity = {}
        for name, file in files.items():
            found = measure_parity(self.network, self.tokenizer, file, texts, manifest)
            self.console.print(
                f"{name} against torch on {found.sentences} test sentences: largest difference "
                f"{found.largest:.4f}, mean {found.mean:.4f}, flips {found.flips:.2%}"
            )
            parity[name] = found
        return parity

    def examples(self, split: SplitName) -> list[Example]:
        """The examples of one split of the recipe's reference corpus."""
        return self._read(self.recipe.corpus(self.recipe.reference), split)

    def _read(self, corpus: CorpusRecipe, split: SplitName) -> list[Example]:
        return read_corpus(corpus, split, self.data)

    def batcher(self, examples: list[Example]) -> Batcher:
        """Batches for this run's network."""
        return Batcher(
            examples,
            self.tokenizer,
            sentence_heads=self.recipe.sentence_heads,
            span_heads=self.recipe.span_heads,
            max_tokens=self.recipe.network.max_tokens,
        )

    def manifest(self) -> Manifest:
        """The manifest of a bundle that is exported now, before calibration."""
        return Manifest(
            name=self.recipe.name,
            version=f"{datetime.now(UTC):%Y.%m.%d}",
            created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            sayso_version=version("sayso"),
            base_network=self.recipe.network.encoder,
            precision="int8",
            max_tokens=self.recipe.network.max_tokens,
            overlap_tokens=self.recipe.network.overlap_tokens,
            labels=dict.fromkeys(LABELS, UNCALIBRATED),
            auxiliary=self.recipe.sentence_heads[len(LABELS) :],
        )
