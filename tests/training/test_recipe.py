from pathlib import Path

import pytest

from sayso.bundle.bundle import shipped_bundles
from sayso.errors import CorpusError, RecipeError
from sayso.labels import LABELS
from sayso.training.corpora import read_corpus
from sayso.training.recipe import CorpusRecipe, Recipe, StageRecipe
from sayso.training.recipe_file import READY_RECIPES, RENAMED_KEYS, bundle_recipe, load_recipe

RECIPE = """
name = "trial"
summary = "A trial."
reference = "small"

[[corpora]]
name = "small"
dev = ["dev"]
labels = { h = "hedging", u = "unverified_attribution", l = "loaded_framing", other = "extra" }
spans = { words = "hedging" }

[[stages]]
name = "only"
epochs = 1
shares = { small = 1.0 }
"""


def load(tmp_path: Path, text: str) -> Recipe:
    file = tmp_path / "recipe.toml"
    file.write_text(text, encoding="utf-8")
    return load_recipe(str(file))


@pytest.mark.parametrize("name", [file.stem for file in READY_RECIPES.glob("*.toml")])
def test_ready_recipes_load_by_name(name: str) -> None:
    assert load_recipe(name).name == name


def test_heads_are_the_labels_then_the_auxiliary_ones(tmp_path: Path) -> None:
    recipe = load(tmp_path, RECIPE)
    assert recipe.sentence_heads == (*LABELS, "extra")
    assert recipe.span_heads == LABELS


def test_an_unknown_key_names_the_nearest_known_ones(tmp_path: Path) -> None:
    text = RECIPE.replace("epochs = 1", "epochs = 1\nlearning_rat = 1e-5")
    with pytest.raises(RecipeError, match=r"stages\.0\.learning_rat: unknown key; did you mean"):
        load(tmp_path, text)


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    text = RECIPE.replace("epochs = 1", "epochs = 0").replace('name = "trial"', 'name = "No!"')
    with pytest.raises(RecipeError) as caught:
        load(tmp_path, text)
    assert "epochs" in str(caught.value)
    assert "name" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("small = 1.0", "smal = 1.0", r"corpus 'smal' not found; did you mean small\?"),
        (
            'reference = "small"',
            'reference = "other"',
            "corpus 'other' not found; known are small",
        ),
        ('l = "loaded_framing", ', "", "needs dev rows and all labels"),
        ("small = 1.0", "small = 1.5", "less than or equal to 1"),
        ("[[stages]]", "[[stages]", "not valid TOML"),
        ("epochs = 1", 'epochs = 1\nteachers = ["only"]', "earlier stage 'only' not found"),
        ("epochs = 1", 'epochs = 1\ninit_from = "first"', "init_from: earlier stage 'first' not"),
        ("epochs = 1", 'epochs = 1\ninterpolate_with = "first"', "earlier stage 'first' not found"),
        ('dev = ["dev"]', 'dev = ["dev"]\nunlabelled = "x"', "needs teachers"),
        (
            'dev = ["dev"]',
            'dev = ["dev"]\nhold_back = { more = 0.5 }',
            "file 'more' not found",
        ),
    ],
)
def test_an_invalid_recipe_is_explained(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        load(tmp_path, RECIPE.replace(old, new))


def test_a_missing_recipe_names_the_ready_ones() -> None:
    with pytest.raises(RecipeError, match="quickstart"):
        load_recipe("nowhere.toml")


def test_the_fingerprint_ignores_the_summary(tmp_path: Path) -> None:
    recipe = load(tmp_path, RECIPE)
    assert load(tmp_path, RECIPE.replace("A trial.", "Other words.")).fingerprint == (
        recipe.fingerprint
    )
    assert load(tmp_path, RECIPE.replace("epochs = 1", "epochs = 2")).fingerprint != (
        recipe.fingerprint
    )


def test_a_missing_data_directory_names_the_option(tmp_path: Path) -> None:
    corpus = load(tmp_path, RECIPE).corpora[0]
    with pytest.raises(RecipeError, match="--data"):
        read_corpus(corpus, "train", None)
    with pytest.raises(CorpusError, match=f"no corpus file {tmp_path / 'small'}"):
        read_corpus(corpus, "train", tmp_path)


@pytest.mark.parametrize(("old", "new"), RENAMED_KEYS.items())
def test_an_old_key_is_an_error_that_names_the_new_one(tmp_path: Path, old: str, new: str) -> None:
    in_corpus = new in CorpusRecipe.model_fields
    assert in_corpus or new in StageRecipe.model_fields
    table = 'name = "small"\n' if in_corpus else 'name = "only"\n'
    with pytest.raises(RecipeError, match=rf"\.0\.{old}: this key is now called {new}$"):
        load(tmp_path, RECIPE.replace(table, f"{table}{old} = 1\n", 2 if in_corpus else 1))


@pytest.mark.parametrize("name", shipped_bundles())
def test_the_recipe_of_a_shipped_bundle_is_the_ready_one_under_old_keys(name: str) -> None:
    assert bundle_recipe(name).fingerprint == load_recipe(name).fingerprint
