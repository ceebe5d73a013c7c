"""`sayso evaluate`: how well a bundle reads, beside the baselines."""

from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    bundle: Annotated[
        str | None, typer.Argument(help="A bundle's folder or name; the shipped default.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Directory that holds a folder for each corpus.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="Recipe that names the corpora; the bundle's own.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write all results as JSON here.")] = None,
    baselines: Annotated[
        bool, typer.Option(help="Measure the recipe's baselines too, and train them if need be.")
    ] = True,
    plots: Annotated[Path | None, typer.Option(help="Folder to draw pictures into.")] = None,
) -> None:
    """Evaluate a bundle on test rows, beside TF-IDF, a cue-word list and other recipes.

    The other recipes are those that the bundle's recipe names as its baselines. They are trained
    into runs/ where they are not there yet, once.
    """
    import json
    import sys

    from rich.console import Console

    from sayso.extras import require_extra

    require_extra("train", "sayso evaluate")
    from sayso.training import evaluation
    from sayso.training.recipe_file import bundle_recipe, load_recipe
    from sayso.training.run import rivals
    from sayso.training.tables import print_evaluation

    console = Console(stderr=True)
    chosen = load_recipe(recipe) if recipe else bundle_recipe(bundle)
    beside = rivals(chosen, data, Path("runs"), console) if baselines else {}
    results = evaluation.evaluate(bundle, chosen, data, console, rivals=beside)
    # The tables are wide; a file or a pipe has no width that would fold them.
    print_evaluation(results, Console(width=None if sys.stdout.isatty() else 180))
    if output is not None:
        output.write_text(json.dumps(results.to_dict(), indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        from sayso.training.plots import draw_scores

        for picture in draw_scores(results.scored, plots):
            console.print(f"drawn: {picture}", soft_wrap=True)
