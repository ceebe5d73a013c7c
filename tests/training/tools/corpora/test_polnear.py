import re
from pathlib import Path

import pytest

from sayso.errors import CorpusError
from sayso.training.corpora import read_files
from sayso.training.recipe import CorpusRecipe
from training.tools.corpora.polnear import read_polnear
from training.tools.corpora.rows import write_splits

TEXT = """Mayor says bridge is safe

The mayor, who took office in May, said  ``the bridge is safe.'' It was expected
that work would go on. “Nobody asked us. Nobody,” one driver said.

Follow us for more news.
"""
ARTICLE = "example_2001-02-03_mayor-says"
MARKS = {
    "T1": ("Source", "Mayor"),
    "T2": ("Cue", "says"),
    "T3": ("Content", "bridge is safe"),
    "T4": ("Attribution", "says"),
    "T5": ("Source", "The mayor, who took office in May,"),
    "T6": ("Cue", "said"),
    "T7": ("Content", "``the bridge is safe.''"),
    "T8": ("Attribution", "said"),
    "T9": ("Cue", "was expected"),
    "T10": ("Content", "that work would go on"),
    "T11": ("Attribution-no-source", "was expected"),
    "T12": ("Source", "one driver"),
    "T13": ("Cue", "driver said"),
    "T14": ("Content", "“Nobody asked us. Nobody,”"),
    "T15": ("Attribution", "driver said"),
    "T16": ("Discard", "Follow us for more news."),
}
RELATIONS = """E1\tAttribution:T4 Content:T3 Cue:T2 Source:T1
E2\tAttribution:T8 Content:T7 Cue:T6 Source:T5
E3\tAttribution-no-source:T11 Content:T10 Cue:T9
E4\tAttribution:T15 Content:T14 Cue:T13 Source:T12
"""


def annotation() -> str:
    lines = []
    for name, (type_, words) in MARKS.items():
        start = TEXT.index(words)
        lines.append(f"{name}\t{type_} {start} {start + len(words)}\t{words}\n")
    return "".join(lines) + RELATIONS


def article(folder: Path, name: str, text: str, **annotators: str) -> None:
    for part in ("text", "attributions"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "text" / f"{name}.txt").write_bytes(text.encode())
    for annotator, marks in annotators.items():
        path = folder / "attributions" / f"{name}_{annotator}.ann"
        path.write_text(marks, encoding="utf-8")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    data = tmp_path / "copy" / "data"
    article(data / "train", ARTICLE, TEXT, a1=annotation(), b2="")
    article(data / "dev", "example_2001-03-04_rain", "It rained.", a1="")
    article(data / "test", "example_2001-04-05_snow", "It snowed. MAYOR SAYS BRIDGE IS SAFE", a1="")
    return tmp_path / "copy"


def words(row: dict[str, object]) -> list[tuple[str, str, str]]:
    text, spans = row["text"], row["spans"]
    assert isinstance(text, str)
    assert isinstance(spans, list)
    return [
        (s["rel"], s["type"].removeprefix("attribution_"), text[s["start"] : s["end"]])
        for s in spans
    ]


def test_sentences_have_the_spans_of_their_relations(source: Path) -> None:
    safe, expected, nobody, driver = read_polnear(source)["train"]
    assert safe["text"] == 'The mayor, who took office in May, said "the bridge is safe."'
    assert words(safe) == [
        ("E2", "source", "The mayor, who took office in May,"),
        ("E2", "cue", "said"),
        ("E2", "content", '"the bridge is safe."'),
    ]
    assert safe["labels"] == {
        "attribution": 1,
        "attribution_cue": 1,
        "attribution_no_source": 0,
    }
    assert expected["text"] == "It was expected that work would go on."
    assert expected["labels"]["attribution_no_source"] == 1
    assert expected["relations"] == [
        {
            "id": "E3",
            "kind": "no_source",
            "source": "",
            "cue": "was expected",
            "parts": ["Content", "Cue"],
        }
    ]
    assert nobody["labels"] == {"attribution": 1, "attribution_cue": 0, "attribution_no_source": 0}
    assert words(nobody) == [("E4", "content", "“Nobody asked us.")]
    assert words(driver)[-1] == ("E4", "content", "Nobody,”")
    assert driver["relations"][0]["source"] == "one driver"


def test_rows_name_article_publisher_and_the_first_annotator(source: Path) -> None:
    rows = read_polnear(source)["train"]
    assert {(row["doc"], row["publisher"], row["annotator"]) for row in rows} == {
        (ARTICLE, "example", "a1")
    }
    # The headline was row 0; the test part has it too, so it is left out.
    assert [row["id"] for row in rows] == [f"polnear-train-{ARTICLE}-00{n}" for n in range(1, 5)]


def test_the_splits_are_the_authors(source: Path) -> None:
    splits = read_polnear(source / "data")
    assert [row["text"] for row in splits["dev"]] == ["It rained."]
    assert len(splits["test"]) == 2
    assert splits["dev"][0]["relations"] == []


@pytest.mark.parametrize(
    "debris", ["— 12 —", ".ad { color: red; }", "Itâ€™s over.", "It \ufffd rained."]
)
def test_debris_is_removed(source: Path, debris: str) -> None:
    text = f"It hailed.\n\n{debris}\n\nIt thawed."
    article(source / "data" / "dev", "example_2001-03-05_hail", text, a1="")
    rows = read_polnear(source)["dev"]
    assert [row["text"] for row in rows] == ["It rained.", "It hailed.", "It thawed."]


def test_line_ends_are_counted_as_the_marks_count_them(source: Path) -> None:
    text = "It hailed.\r\n\r\nHe said so."
    marks = "T1\tSource 14 16\tHe\nT2\tCue 17 21\tsaid\nE1\tAttribution:T2 Cue:T2 Source:T1\n"
    article(source / "data" / "dev", "example_2001-03-05_hail", text, a1=marks)
    assert words(read_polnear(source)["dev"][-1]) == [("E1", "source", "He"), ("E1", "cue", "said")]


def test_training_reads_the_rows(source: Path, tmp_path: Path) -> None:
    write_splits(read_polnear(source), tmp_path / "rows")
    corpus = CorpusRecipe(
        name="polnear",
        labels={"attribution_no_source": "x", "heur.unnamed_source_comm": "z"},
        spans={"attribution_cue": "y"},
    )
    examples = read_files(corpus, ("train",), tmp_path / "rows")
    assert [example.targets for example in examples] == [{"x": 0.0}, {"x": 1.0}] + [{"x": 0.0}] * 2
    assert examples[0].text[slice(*examples[0].spans["y"][0])] == "said"


def test_a_folder_of_another_form_is_an_error(source: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"train: found no folders text and attributions"):
        read_polnear(tmp_path)
    for path in (source / "data" / "test" / "attributions").iterdir():
        path.unlink()
    with pytest.raises(CorpusError, match=r"found no annotation; expected \.ann files"):
        read_polnear(source)


def test_an_annotation_needs_its_text(source: Path) -> None:
    (source / "data" / "train" / "text" / f"{ARTICLE}.txt").unlink()
    with pytest.raises(CorpusError, match=rf"{ARTICLE}\.txt: cannot be read.*a1\.ann marks it"):
        read_polnear(source)


def test_an_annotation_names_its_annotator(source: Path) -> None:
    (source / "data" / "train" / "attributions" / "mayor.ann").write_text("")
    with pytest.raises(CorpusError, match=r"mayor\.ann: expected a name such as ARTICLE_ANNOTATOR"):
        read_polnear(source)


def test_an_unknown_relation_is_an_error(source: Path) -> None:
    path = source / "data" / "train" / "attributions" / f"{ARTICLE}_a1.ann"
    path.write_text(re.sub("E1\tAttribution", "E1\tNesting", annotation()), encoding="utf-8")
    with pytest.raises(CorpusError, match="E1 is of the type Nesting; expected Attribution"):
        read_polnear(source)
