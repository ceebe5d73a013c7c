"""`sayso evaluate`: metrics of a bundle, beside the baselines."""

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.options import DataOption


def evaluate(
    bundle: Annotated[
        str | None, typer.Argument(help="A bundle's folder or name; base by default.")
    ] = None,
    data: DataOption = None,
    recipe: Annotated[
        str | None, typer.Option(help="Recipe with the corpora; the bundle's own by default.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write all results as JSON here.")] = None,
    baselines: Annotated[
        bool, typer.Option(help="Evaluate the recipe's baselines too; train them if needed.")
    ] = True,
    plots: Annotated[Path | None, typer.Option(help="Draw plots into this folder.")] = None,
) -> None:
    """Evaluate a bundle on test rows, beside TF-IDF, a cue-word list and other recipes.

    The other recipes are the baselines of the bundle's recipe. They are trained once, into runs/.
    """
    import json
    import sys

    from rich.console import Console

    from sayso.extras import require_extra

    require_extra("train", "sayso evaluate")
    from sayso.cli.train import comparison_bundles
    from sayso.training import evaluation
    from sayso.training.recipe_file import bundle_recipe, load_recipe
    from sayso.training.tables import print_evaluation

    console = Console(stderr=True)
    chosen = load_recipe(recipe) if recipe else bundle_recipe(bundle)
    comparisons = comparison_bundles(chosen, data, Path("runs"), console) if baselines else {}
    results = evaluation.evaluate(bundle, chosen, data, console, comparisons=comparisons)
    # The tables are wide, and a file or a pipe has no width to fold them at.
    print_evaluation(results, Console(width=None if sys.stdout.isatty() else 180))
    if output is not None:
        output.write_text(json.dumps(results.to_dict(), indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        from sayso.training.plots import draw_scores

        for plot in draw_scores(results.scored, plots):
            console.print(f"drawn: {plot}", soft_wrap=True)
