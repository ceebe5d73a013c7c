"""Ablation of a recipe: `python -m training.tools.ablation RECIPE --data DIR`.

The recipe is trained without one part after the other, always from scratch and on the same small
share of every corpus, and evaluated on the dev rows. Finished variants are not trained again, so an
interrupted ablation resumes with the same command.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from operator import ne
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from sklearn.metrics import average_precision_score

from sayso.errors import SaysoError
from sayso.labels import LABELS
from sayso.training.corpora import read_corpus
from sayso.training.network import predict
from sayso.training.recipe import Recipe, StageRecipe
from sayso.training.recipe_file import load_recipe
from sayso.training.run import Run
from sayso.training.tables import TextTable, markdown

Figures = dict[str, float]
"""Corpus and head to average precision on the corpus's dev rows."""

WHOLE = "all of it"
"""Name of the recipe that lacks nothing."""

_ABOUT = """# What each part of the recipe `{recipe}` brings

Made by `python -m training.tools.ablation {recipe} --share {share:g} --seeds {seeds}`: a short form
of the recipe, on {share:.0%} of every corpus's rows, is trained from scratch without one part after
the other. The first row is the average precision on the development rows of each corpus, for each
head that the corpus teaches; the others are differences to it, means over seeds (± is the spread
between them). So few rows exaggerate what is rare, and one seed alone moves figures by several
hundredths: read signs that agree along a row, not single cells.

"""


def variants(recipe: Recipe) -> Iterator[tuple[str, Recipe]]:
    """Names and recipes of all variants: first the whole recipe, then one without each part.

    A part is a corpus, a training file of the reference, a stage, or a kind of supervision.
    """
    yield WHOLE, recipe
    for name, variant in _lacking(recipe):
        stages = tuple(stage for stage in variant.stages if stage.shares)
        if stages and variant != recipe:
            yield name, variant.model_copy(update={"stages": stages})


def _lacking(recipe: Recipe) -> Iterator[tuple[str, Recipe]]:
    for name in dict.fromkeys(name for stage in recipe.stages for name in stage.shares):
        files = recipe.corpus(name).train if name == recipe.reference else ()
        if len(files) > 1:
            for file in files:
                yield f"without {name}, {file}", _without_file(recipe, name, file)
        else:
            yield f"without {name}", _with_shares(recipe, partial(ne, name))
    if len(recipe.stages) > 1:
        for stage in recipe.stages:
            yield f"without the stage {stage.name}", _without_stage(recipe, stage.name)
    yield (
        "without auxiliary heads",
        _with_shares(recipe, lambda name: _teaches_labels(recipe, name)),
    )
    yield "without evidence", _changed(recipe, lambda _: {"span_weight": 0.0})
    yield "evidence also where there is none", _changed(recipe, lambda _: {"span_negatives": 1.0})
    yield "without label smoothing", _changed(recipe, lambda _: {"label_smoothing": 0.0})


def shortened(recipe: Recipe, share: float, seed: int) -> Recipe:
    """The recipe on a share of the rows, without soups and interpolation."""
    short = _changed(
        recipe,
        lambda stage: {
            "shares": {name: share * whole for name, whole in stage.shares.items()},
            "soup_size": 1,
            "interpolate": 0.0,
        },
    )
    return short.model_copy(update={"seed": seed, "baselines": ()})


def figures(run: Run) -> Figures:
    """Average precision of every head on the dev rows of the corpora that teach it."""
    found = {}
    for corpus in run.recipe.corpora:
        examples = read_corpus(corpus, "dev", run.data)
        if not examples:
            continue
        logits, targets = predict(run.network, run.batcher(examples))
        for head in dict.fromkeys(corpus.labels.values()):
            column = run.recipe.sentence_heads.index(head)
            labelled = ~targets[:, column].isnan()
            found[f"{corpus.name} {head}"] = float(
                average_precision_score(targets[labelled, column] >= 0.5, logits[labelled, column])
            )
    return found


def table(found: dict[str, list[Figures]]) -> TextTable:
    """The whole recipe's figures, and the differences of each variant; means over seeds."""
    whole = found[WHOLE]
    rows = []
    for variant, several in found.items():
        if variant != WHOLE:
            # The same seed draws the same rows: differences are taken seed by seed.
            several = [
                {name: figures[name] - base[name] for name in base}
                for figures, base in zip(several, whole, strict=False)
            ]
        sign = "" if variant == WHOLE else "+"
        cells = (_mean_and_spread(several, name, sign) for name in whole[0])
        rows.append((variant, str(len(several)), *cells))
    return ("recipe", "seeds", *whole[0]), rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the variants and print the table in Markdown; exits with 2 on bad input."""
    parser = argparse.ArgumentParser(prog="python -m training.tools.ablation", description=__doc__)
    parser.add_argument("recipe", metavar="RECIPE", help="a TOML file, or a ready recipe's name")
    parser.add_argument("--data", type=Path, help="directory that holds a folder for each corpus")
    parser.add_argument(
        "--output", type=Path, help="folder of the runs; runs/RECIPE-ablation by default"
    )
    parser.add_argument(
        "--share", type=float, default=0.15, help="share of every corpus's rows (%(default)s)"
    )
    parser.add_argument("--seeds", type=int, default=1, help="seeds of each variant (%(default)s)")
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        help="variants trained in parallel, with shared cores (%(default)s)",
    )
    parser.add_argument("--report", type=Path, help="also write the table to this file")
    chosen = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        recipe = load_recipe(chosen.recipe)
        folder = chosen.output or Path("runs") / f"{recipe.name}-ablation"
        jobs = [
            _Job(name, shortened(variant, chosen.share, seed), chosen.data, folder)
            for seed in range(recipe.seed, recipe.seed + chosen.seeds)
            for name, variant in variants(recipe)
        ]
        results = _results(jobs, chosen.jobs, console)
    except SaysoError as error:
        console.print(str(error), soft_wrap=True)
        sys.exit(2)
    found: dict[str, list[Figures]] = {}
    for job, result in zip(jobs, results, strict=True):
        found.setdefault(job.variant, []).append(result)
    text = markdown(table(found)) + "\n"
    sys.stdout.write(text)
    if chosen.report is not None:
        about = _ABOUT.format(recipe=recipe.name, share=chosen.share, seeds=chosen.seeds)
        chosen.report.write_text(about + text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Job:
    """One training; its figures are in its folder when it is finished."""

    variant: str
    recipe: Recipe
    data: Path | None
    folder: Path

    @property
    def run(self) -> Path:
        name = self.variant.replace(",", "").replace(" ", "-")
        return self.folder / f"{name}-{self.recipe.seed}"

    @property
    def figures(self) -> Path:
        return self.run / f"figures-{self.recipe.fingerprint}.json"

    def train(self, threads: int) -> None:
        """Train and write the figures; messages of the training go to a file."""
        torch.set_num_threads(threads)
        self.run.mkdir(parents=True, exist_ok=True)
        with (self.run / "output.txt").open("a", encoding="utf-8") as output:
            run = Run(self.recipe, self.data, self.run, Console(file=output, width=100))
            run.train()
        text = json.dumps(figures(run), indent=1) + "\n"
        self.figures.write_text(text, encoding="utf-8")


def _results(jobs: Sequence[_Job], parallel: int, console: Console) -> list[Figures]:
    """The figures of all jobs, in their order; trains those that are not finished."""
    left = [job for job in jobs if not job.figures.exists()]
    threads = max(1, (os.cpu_count() or 1) // parallel)
    # In processes, since torch has its threads and its random state per process.
    with (
        ProcessPoolExecutor(parallel, mp_context=get_context("spawn")) as pool,
        Progress(console=console) as progress,
    ):
        task = progress.add_task("training", total=len(jobs), completed=len(jobs) - len(left))
        running = {pool.submit(job.train, threads): job for job in left}
        for done in as_completed(running):
            done.result()
            progress.console.print(f"trained: {running[done].variant}")
            progress.advance(task)
    return [json.loads(job.figures.read_text(encoding="utf-8")) for job in jobs]


def _changed(recipe: Recipe, changes: Callable[[StageRecipe], dict[str, Any]]) -> Recipe:
    """The recipe with some changes of each stage."""
    stages = tuple(stage.model_copy(update=changes(stage)) for stage in recipe.stages)
    return recipe.model_copy(update={"stages": stages})


def _with_shares(recipe: Recipe, is_kept: Callable[[str], bool]) -> Recipe:
    return _changed(
        recipe,
        lambda stage: {
            "shares": {name: share for name, share in stage.shares.items() if is_kept(name)}
        },
    )


def _without_stage(recipe: Recipe, name: str) -> Recipe:
    """Also without stages that only it teaches; later stages start from the one before it."""
    left = [stage for stage in recipe.stages if stage.name != name and stage.teachers != (name,)]
    return _changed(
        recipe.model_copy(update={"stages": tuple(left)}),
        lambda stage: {
            "init_from": "" if stage.init_from == name else stage.init_from,
            "teachers": tuple(teacher for teacher in stage.teachers if teacher != name),
        },
    )


def _without_file(recipe: Recipe, name: str, file: str) -> Recipe:
    corpora = tuple(
        corpus.model_copy(update={"train": tuple(kept for kept in corpus.train if kept != file)})
        if corpus.name == name
        else corpus
        for corpus in recipe.corpora
    )
    return recipe.model_copy(update={"corpora": corpora})


def _teaches_labels(recipe: Recipe, name: str) -> bool:
    corpus = recipe.corpus(name)
    return bool(corpus.unlabelled) or not set(LABELS).isdisjoint(corpus.labels.values())


def _mean_and_spread(several: Sequence[Figures], name: str, sign: str) -> str:
    values = [figures[name] for figures in several]
    mean = f"{np.mean(values):{sign}.3f}"
    return f"{mean} ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else mean


if __name__ == "__main__":
    main()
