"""Reading a recipe's file, and saying what is wrong with it."""

import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sayso.bundle.bundle import RECIPE, Bundle
from sayso.errors import RecipeError
from sayso.training.recipe import CorpusRecipe, NetworkRecipe, Recipe, StageRecipe, Table, nearest

READY_RECIPES = Path(str(files("sayso.training"))) / "recipes"


def bundle_recipe(bundle: Path | str | None) -> Recipe:
    """The recipe that a bundle was made by; the shipped default's where None.

    Raises:
        BundleError: the bundle cannot be used.
        RecipeError: its recipe cannot be followed by this version.
    """
    return load_recipe(str(Bundle.load(bundle).path / RECIPE))


def load_recipe(name_or_path: str) -> Recipe:
    """Read a recipe by its path, or one of the ready recipes by its name.

    Raises:
        RecipeError: it is not there, is not TOML, or a key or value cannot be; all problems are
            named at once.
    """
    path = Path(name_or_path)
    if not path.is_file():
        ready = {file.stem: file for file in sorted(READY_RECIPES.glob("*.toml"))}
        if name_or_path not in ready:
            raise RecipeError(
                f"no recipe {name_or_path!r}: expected a TOML file or one of {', '.join(ready)}"
            )
        path = ready[name_or_path]
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from error
    if "teacher" in table:  # it teaches what it knows
        table.setdefault("corpora", bundle_recipe(str(table["teacher"])).corpora)
    try:
        return Recipe.model_validate({**table, "path": path})
    except ValidationError as error:
        problems = "\n".join(f"  {_explain(problem)}" for problem in error.errors())
        raise RecipeError(f"{path}: this recipe cannot be followed\n{problems}") from error


def _explain(problem: ErrorDetails) -> str:
    place = ".".join(str(part) for part in problem["loc"]) or "recipe"
    if problem["type"] != "extra_forbidden":
        return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
    known = list(_table_at(problem["loc"][:-1]).model_fields)
    return f"{place}: unknown key{nearest(str(problem['loc'][-1]), known)}"


def _table_at(place: tuple[int | str, ...]) -> type[Table]:
    tables: dict[str, type[Table]] = {
        "network": NetworkRecipe,
        "corpora": CorpusRecipe,
        "stages": StageRecipe,
    }
    return tables[str(place[0])] if place else Recipe
