"""The examples of training/README.md work as they are shown."""

import json
import re
from pathlib import Path

from sayso.labels import HEDGING, LABELS, UNVERIFIED_ATTRIBUTION
from sayso.training.corpora import read_corpus
from sayso.training.recipe_file import READY_RECIPES, load_recipe
from tests.conftest import ROOT

README = ROOT / "training" / "README.md"
TEXT = README.read_text(encoding="utf-8")


def example(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(block)


def test_the_recipe_reads_the_row(tmp_path: Path) -> None:
    file = tmp_path / "my-news.toml"
    file.write_text(example("toml"), encoding="utf-8")
    (tmp_path / "my_news").mkdir()
    (tmp_path / "my_news" / "train.jsonl").write_text(example("json"), encoding="utf-8")
    recipe = load_recipe(str(file))
    (row,) = read_corpus(recipe.corpus("my_news"), "train", tmp_path)
    assert row.targets == {label: float(label != LABELS[2]) for label in LABELS}
    words = {
        label: [row.text[slice(*span)] for span in spans] for label, spans in row.spans.items()
    }
    assert words[UNVERIFIED_ATTRIBUTION] == ["Officials said"]
    assert words[HEDGING] == ["could"]
    assert row.kind == json.loads(example("json"))["kind"]


def test_every_ready_recipe_and_every_tool_is_listed() -> None:
    for recipe in READY_RECIPES.glob("*.toml"):
        assert f"| `{recipe.stem}` |" in TEXT
    tools = {path.stem for path in (ROOT / "training" / "tools").iterdir() if path.stem[0] != "_"}
    assert tools == set(re.findall(r"`python -m training\.tools\.(\w+)", TEXT))


def test_links_lead_somewhere() -> None:
    for page in (README, ROOT / "models" / "README.md"):
        for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
