"""Reading a recipe's file, and explaining what is wrong with it."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sayso.bundle.bundle import RECIPE, Bundle
from sayso.errors import RecipeError
from sayso.training.recipe import Recipe
from sayso.validation import explain

READY_RECIPES = Path(str(files("sayso.training"))) / "recipes"

RENAMED_KEYS = {
    "runs": "soup_size",
    "keep": "interpolate",
    "keep_of": "interpolate_with",
    "begin": "init_from",
    "mimic": "distill_weight",
    "trust": "label_weight",
    "judges": "eval_as",
    "only": "test_filter",
    "parts": "test_slices",
    "borrow": "source_corpus",
}
"""Earlier names of keys: an error in a recipe, but understood in a bundle, whose recipe is a record
under checksums.
"""


def load_recipe(name_or_path: str) -> Recipe:
    """Read a recipe by its path, or one of the ready recipes by its name.

    Raises:
        RecipeError: the file is missing or not TOML, or keys or values are invalid; all problems
            are named at once.
    """
    path = Path(name_or_path)
    if not path.is_file():
        ready = {file.stem: file for file in sorted(READY_RECIPES.glob("*.toml"))}
        if name_or_path not in ready:
            raise RecipeError(
                f"no recipe {name_or_path!r}: expected a TOML file or one of {', '.join(ready)}"
            )
        path = ready[name_or_path]
    return _validated(path, _read(path))


def bundle_recipe(bundle: Path | str | None) -> Recipe:
    """The recipe that a bundle was made by; the shipped default's where None.

    Raises:
        BundleError: the bundle cannot be used.
        RecipeError: this version cannot follow the recipe.
    """
    path = Bundle.load(bundle).path / RECIPE
    table = _read(path)
    for name in ("corpora", "stages"):
        if name in table:
            table[name] = [
                {RENAMED_KEYS.get(key, key): value for key, value in entry.items()}
                for entry in table[name]
            ]
    return _validated(path, table)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from error


def _validated(path: Path, table: dict[str, Any]) -> Recipe:
    if "teacher" in table:  # a student learns from its teacher's corpora
        table.setdefault("corpora", bundle_recipe(str(table["teacher"])).corpora)
    try:
        return Recipe.model_validate({**table, "path": path})
    except ValidationError as error:
        problems = "\n  ".join(explain(error, Recipe, RENAMED_KEYS))
        raise RecipeError(f"{path}: invalid recipe:\n  {problems}") from error
