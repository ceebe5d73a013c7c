"""`sayso train`: a recipe in, a bundle out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli.options import DataOption

if TYPE_CHECKING:
    from rich.console import Console

    from sayso.training.recipe import Recipe


def train(
    recipe: Annotated[str, typer.Argument(help="A TOML file, or the name of a ready recipe.")],
    data: DataOption = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/RECIPE by default.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start again, without the last checkpoint.")
    ] = False,
) -> None:
    """Train a bundle, or resume a run that was interrupted."""
    from rich.console import Console

    from sayso.extras import require_extra

    require_extra("train", "sayso train")
    from sayso.training.recipe_file import load_recipe

    console = Console(stderr=True)
    chosen = load_recipe(recipe)
    bundle = train_bundle(
        chosen, data, output or Path("runs") / chosen.name, console, restart=restart
    )
    if bundle is not None:
        console.print(f"done: score with --bundle {bundle}", soft_wrap=True)


def train_bundle(
    recipe: "Recipe", data: Path | None, folder: Path, console: "Console", *, restart: bool = False
) -> Path | None:
    """Train a recipe in a folder, after the recipes that it is compared with, in the same parent.

    Returns:
        The bundle; None in processes besides the main one, which write no files.
    """
    from sayso.training.run import Run

    comparisons = comparison_bundles(recipe, data, folder.parent, console)
    run = Run(recipe, data, folder, console)
    run.train(restart=restart)
    return run.export(comparisons) if run.is_main_process else None


def comparison_bundles(
    recipe: "Recipe", data: Path | None, runs: Path, console: "Console"
) -> dict[str, Path]:
    """The bundles of a recipe's teacher and baselines, by their names in tables.

    Baselines are trained in the folder `runs` unless they are there.
    """
    from sayso.bundle.bundle import Bundle
    from sayso.training.recipe_file import bundle_recipe, load_recipe

    bundles = {"teacher": Bundle.load(recipe.teacher).path} if recipe.teacher else {}
    for baseline in map(load_recipe, recipe.baselines):
        bundle = runs / baseline.name / "bundle"
        if not bundle.exists() or bundle_recipe(bundle).fingerprint != baseline.fingerprint:
            console.print(f"training the baseline, recipe {baseline.name} ...")
            train_bundle(baseline, data, bundle.parent, console)
        bundles[f"recipe {baseline.name}"] = bundle
    return bundles
