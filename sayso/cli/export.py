"""`sayso export`: a bundle from a finished training run."""

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.options import DataOption


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run made by `sayso train`.")],
    data: DataOption = None,
) -> None:
    """Export, calibrate and evaluate the network of a training run again."""
    from rich.console import Console

    from sayso.extras import require_extra

    require_extra("train", "sayso export")
    from sayso.cli.train import comparison_bundles
    from sayso.training.recipe_file import load_recipe
    from sayso.training.run import Run

    console = Console(stderr=True)
    recipe = load_recipe(str(run / "recipe.toml"))
    comparisons = comparison_bundles(recipe, data, run.parent, console)
    bundle = Run(recipe, data, run, console).export(comparisons)
    console.print(f"done: score with --bundle {bundle}", soft_wrap=True)
