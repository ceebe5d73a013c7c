import json
from pathlib import Path

import pytest

from sayso.training.recipe import Recipe
from sayso.training.recipe_file import load_recipe
from training.tools.ablation import WHOLE, main, shortened, table, variants


def test_every_component_of_the_shipped_recipe_is_ablated_once() -> None:
    recipe = load_recipe("base")
    found = dict(variants(recipe))
    taught = {name for stage in recipe.stages for name in stage.shares} - {"newsroom"}
    assert {f"without {name}" for name in taught} < set(found)
    assert {f"without newsroom, {name}" for name in ("train", "extra", "active")} < set(found)
    assert {"without evidence", "without auxiliary heads"} < set(found)
    assert found[WHOLE] == recipe
    assert len({one.fingerprint for one in found.values()}) == len(found)


def test_ablated_components_are_in_no_stage() -> None:
    found = dict(variants(load_recipe("base")))
    assert all("babe" not in stage.shares for stage in found["without babe"].stages)
    assert found["without newsroom, active"].corpus("newsroom").train == ("train", "extra")
    labels_only = {name for one in found["without auxiliary heads"].stages for name in one.shares}
    assert labels_only == {"newsroom", "articles", "quickstart", "news_text"}
    assert "without news_text" in found


def test_a_stage_goes_with_its_last_teacher_and_starts_from_an_earlier_one() -> None:
    recipe = load_recipe("base")
    found = dict(variants(recipe))
    student = found["without the stage expert"].stages[-1]
    assert (student.name, student.teachers) == ("student", ("colleague",))
    begins = [(one.name, one.init_from) for one in found["without the stage broad"].stages]
    assert begins == [("expert", ""), ("colleague", ""), ("student", "")]

    *others, student = recipe.stages
    taught_by_one = (*others, student.model_copy(update={"teachers": ("expert",)}))
    found = dict(variants(recipe.model_copy(update={"stages": taught_by_one})))
    assert [one.name for one in found["without the stage expert"].stages] == ["broad", "colleague"]


def test_a_shortened_recipe_has_the_same_stages() -> None:
    recipe = load_recipe("base")
    short = shortened(recipe, 0.5, seed=7)
    assert short.seed == 7
    for one, other in zip(short.stages, recipe.stages, strict=True):
        assert one.soup_size == 1
        assert one.shares == {name: share / 2 for name, share in other.shares.items()}


def test_the_table_shows_differences_seed_by_seed() -> None:
    header, rows = table({WHOLE: [{"a": 0.5}, {"a": 0.7}], "without x": [{"a": 0.4}, {"a": 0.5}]})
    assert header == ("recipe", "seeds", "a")
    assert rows == [(WHOLE, "2", "0.600 ± 0.141"), ("without x", "2", "-0.150 ± 0.071")]


@pytest.mark.slow
def test_finished_variants_are_not_trained_again(
    recipe: Recipe, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(recipe.path), "--data", str(data), "--output", str(tmp_path / "runs")]
    arguments += ["--share", "0.5", "--jobs", "2", "--report", str(tmp_path / "table.md")]
    main(arguments)
    first = capsys.readouterr()
    assert "trained: without the stage first" in first.err
    assert (tmp_path / "table.md").read_text(encoding="utf-8").endswith("\n\n" + first.out)
    (figures, *_) = (tmp_path / "runs" / "all-of-it-13").glob("figures-*.json")
    assert set(json.loads(figures.read_text())) == {
        "small hedging", "small unverified_attribution", "small loaded_framing",
    }  # fmt: skip

    main(arguments)
    again = capsys.readouterr()
    assert again.out == first.out
    assert "trained:" not in again.err
