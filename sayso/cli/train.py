"""`sayso train`: a recipe in, a bundle out."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    recipe: Annotated[str, typer.Argument(help="A TOML file, or the name of a ready recipe.")],
    data: Annotated[
        Path | None, typer.Option(help="Directory that holds a folder for each corpus.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/RECIPE where left out.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew instead of at the last checkpoint.")
    ] = False,
) -> None:
    """Train a bundle, or go on with a run that was cut off."""
    from rich.console import Console

    from sayso.extras import require_extra

    require_extra("train", "sayso train")
    from sayso.training.recipe_file import load_recipe
    from sayso.training.run import Run

    console = Console(stderr=True)
    chosen = load_recipe(recipe)
    run = Run(chosen, data, output or Path("runs") / chosen.name, console)
    run.train(restart=restart)
    if run.is_main_process:
        bundle = run.export()
        console.print(f"done: score with it by --bundle {bundle}", soft_wrap=True)
