"""`sayso export`: a bundle from a finished training run."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run made by `sayso train`.")],
    data: Annotated[
        Path | None, typer.Option(help="Directory that holds a folder for each corpus.")
    ] = None,
) -> None:
    """Export, calibrate and evaluate the network of a training run anew."""
    from rich.console import Console

    from sayso.extras import require_extra

    require_extra("train", "sayso export")
    from sayso.training.recipe_file import load_recipe
    from sayso.training.run import Run

    console = Console(stderr=True)
    bundle = Run(load_recipe(str(run / "recipe.toml")), data, run, console).export()
    console.print(f"done: score with it by --bundle {bundle}", soft_wrap=True)
