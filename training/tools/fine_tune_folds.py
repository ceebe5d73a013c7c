"""Fine-tune on a small corpus: `python -m training.tools.fine_tune_folds RUN --data DIR`.

The network of a finished run is fine-tuned on all folds of the corpus but one and evaluated on that
one, for each fold. It has not seen the corpus before: recipes only evaluate corpora with folds.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from sayso.bundle.bundle import RECIPE
from sayso.errors import SaysoError
from sayso.training.checkpoint import load_network
from sayso.training.corpora import read_corpus
from sayso.training.loop import Trainer, TrainingSet
from sayso.training.metrics import f1_of
from sayso.training.network import predict
from sayso.training.predictions import targets_of
from sayso.training.recipe import CorpusRecipe
from sayso.training.recipe_file import load_recipe
from sayso.training.results import FoldsResult
from sayso.training.run import Run

EPOCHS = 3


def fine_tune_folds(run: Run, corpus: CorpusRecipe, head: str) -> FoldsResult:
    """F1 on each fold of the network of a finished run, fine-tuned on the other folds.

    The threshold is a probability of one half: no rows are left to choose another one on. Finished
    folds are not trained again.
    """
    examples = read_corpus(corpus, "test", run.data)
    targets = targets_of(examples, head)
    folds = np.array([example.row[corpus.folds] for example in examples])
    data = run.batcher(examples)
    last = run.recipe.stages[-1]
    stage = last.model_copy(
        update={
            "name": "tuning", "epochs": EPOCHS, "soup_size": 1, "interpolate": 0.0,
            "init_from": "", "teachers": (), "shares": {corpus.name: 1.0},
        }
    )  # fmt: skip
    recipe = run.recipe.model_copy(update={"stages": (stage,)})
    column = recipe.sentence_heads.index(head)
    f1s = []
    for fold in np.unique(folds):
        others, measured = (
            list(map(int, np.flatnonzero(rows))) for rows in (folds != fold, folds == fold)
        )
        folder = run.folder / "folds" / f"{corpus.name}-{head}-{fold}"
        done = folder / "f1.json"
        if not done.exists():
            run.console.print(f"fine-tuning on {corpus.name} without fold {fold} ...")
            load_network(run.folder / "checkpoint", run.network)
            rows = TrainingSet(data, {corpus.name: others})
            Trainer(run.network, recipe, rows, folder, run.console).train()
            logits, _ = predict(run.network, data, rows=measured)
            shutil.rmtree(folder / "checkpoint")
            done.write_text(json.dumps(f1_of(targets[measured], logits[:, column].numpy() >= 0)))
        f1s.append(float(json.loads(done.read_text())))
    return FoldsResult(corpus.name, head, "fine-tuned network", len(examples), tuple(f1s))


def main(arguments: Sequence[str] | None = None) -> None:
    """Fine-tune on every corpus of the recipe that has folds; exits with 2 on bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m training.tools.fine_tune_folds", description=__doc__
    )
    parser.add_argument("run", metavar="RUN", type=Path, help="folder of a run made by sayso train")
    parser.add_argument("--data", type=Path, help="directory that holds a folder for each corpus")
    chosen = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        run = Run(load_recipe(str(chosen.run / RECIPE)), chosen.data, chosen.run, console)
        results = [
            fine_tune_folds(run, corpus, head)
            for corpus in run.recipe.corpora
            if corpus.folds
            for head in dict.fromkeys(corpus.labels.values())
        ]
    except SaysoError as error:
        console.print(str(error), soft_wrap=True)
        sys.exit(2)
    for result in results:
        sys.stdout.write(
            f"{result.corpus}, {result.label}: F1 {result.mean:.3f}, spread {result.spread:.3f} "
            f"over {len(result.f1s)} folds of {result.rows:,} rows\n"
        )


if __name__ == "__main__":
    main()
