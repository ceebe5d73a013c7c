import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sayso.errors import CorpusError
from sayso.training.corpora import Example, has_values, read_corpus, read_files
from sayso.training.recipe import CorpusRecipe

CORPUS = CorpusRecipe(
    name="small",
    labels={"vague": "unverified_attribution", "more.vague": "extra"},
    spans={"who": "unverified_attribution"},
    kinds=True,
)
ROW = {
    "id": "1",
    "text": "Officials said it rained.",
    "labels": {"vague": 1},
    "spans": [{"start": 0, "end": 14, "type": "who"}, {"start": 15, "end": 17, "type": "what"}],
    "kind": "unnamed",
}


def read(folder: Path, *rows: Any, corpus: CorpusRecipe = CORPUS) -> list[Example]:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "train.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_files(corpus, ("train",), folder)


def test_a_row_teaches_its_labels_only(tmp_path: Path) -> None:
    (example,) = read(tmp_path, ROW)
    assert example.targets == {"unverified_attribution": 1.0}
    assert example.spans == {"unverified_attribution": [(0, 14)]}
    assert example.kind == "unnamed"


def test_dotted_labels_are_found_outside_labels(tmp_path: Path) -> None:
    (example,) = read(tmp_path, ROW | {"more": {"vague": 0}})
    assert example.targets["extra"] == 0.0


def test_votes_may_lie_between(tmp_path: Path) -> None:
    (example,) = read(tmp_path, ROW | {"labels": {"vague": 0.4}})
    assert example.targets["unverified_attribution"] == pytest.approx(0.4)


def test_rows_may_know_different_things(tmp_path: Path) -> None:
    first, second = read(tmp_path, ROW, {"text": "It rained.", "labels": {}, "spans": []})
    assert first.targets
    assert not second.targets


def test_a_positive_row_without_words_teaches_no_words_where_spans_are_incomplete(
    tmp_path: Path,
) -> None:
    corpus = CORPUS.model_copy(update={"spans_complete": False})
    positive, negative = read(
        tmp_path,
        ROW | {"spans": []},
        ROW | {"spans": [], "labels": {"vague": 0}},
        corpus=corpus,
    )
    assert positive.spans == {}
    assert negative.spans == {"unverified_attribution": []}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "1", "labels": {}}, "train.jsonl:2: the row has no text"),
        (ROW | {"text": "  "}, "train.jsonl:2: the row has no text"),
        (ROW | {"labels": {"vague": 7}}, "label 'vague' is 7; expected 0 to 1"),
        (ROW | {"spans": [{"start": 3, "end": 99, "type": "who"}]}, "is outside of the text"),
        (ROW | {"kind": "rumour"}, "kind is 'rumour'; expected one of unnamed"),
        ('{"text": ', r"train\.jsonl:2: not JSON"),
        ("[1, 2]", "found list; expected one object a line"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read(tmp_path, ROW, row)


def test_a_missing_file_is_named_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"train\.jsonl; --data"):
        read_files(CORPUS, ("train",), tmp_path)


@pytest.mark.parametrize("name", ["newsroom", "babe", "szeged_wiki"])
def test_real_corpora_are_read(corpora: Path, name: str) -> None:
    from sayso.training.recipe_file import load_recipe

    corpus = load_recipe("base").corpus(name)
    examples = read_files(corpus, corpus.dev, corpora / name)
    assert len(examples) > 200
    assert all(example.targets for example in examples)


ARTICLE = {"id": "a1", "text": "Rain fell.\n\nOfficials said it would stop."}
POINTER = {
    "article": "a1",
    "start": 12,
    "end": 41,
    "sha256": sha256(b"Officials said it would stop.").hexdigest()[:16],
    "labels": {"vague": 1},
    "spans": [{"start": 0, "end": 14, "type": "who"}],
}


def read_pointer(folder: Path, row: Any) -> list[Example]:
    articles = folder / "articles.jsonl.gz"
    with gzip.open(articles, "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(ARTICLE) + "\n")
    (folder / "train.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return read_files(CORPUS, ("train",), folder, articles=articles)


def test_a_row_may_point_into_an_article(tmp_path: Path) -> None:
    (example,) = read_pointer(tmp_path, POINTER)
    assert example.text == "Officials said it would stop."
    assert example.spans == {"unverified_attribution": [(0, 14)]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"article": "a2"}, "train.jsonl:1: there is no article 'a2'"),
        ({"start": 13}, "differs at 13 to 41 from the labelled text"),
    ],
)
def test_a_row_that_points_elsewhere_is_named(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        read_pointer(tmp_path, POINTER | change)


def test_values_are_those_of_labels_or_fields() -> None:
    row = {"text": "x", "labels": {"vague": 1}, "part": "new"}
    assert has_values(row, {})
    assert has_values(row, {"vague": 1, "part": "new"})
    assert not has_values(row, {"vague": 0})
    assert not has_values(row, {"absent": 0})


def test_rows_held_back_are_read_with_dev_and_with_nothing_else(tmp_path: Path) -> None:
    rows = [ROW | {"id": str(number), "text": f"Officials said {number}."} for number in range(200)]
    folder = tmp_path / "small"
    folder.mkdir()
    for name, of_file in {"more": rows[:20], "train": rows[20:], "dev": rows[:1]}.items():
        lines = "".join(json.dumps(row) + "\n" for row in of_file)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    corpus = CORPUS.model_copy(
        update={"train": ("more", "train"), "dev": ("dev",), "hold_back": {"train": 0.25}}
    )
    train, dev, test = (
        [one.text for one in read_corpus(corpus, part, tmp_path)]
        for part in ("train", "dev", "test")
    )
    everything = {row["text"] for row in rows}
    assert set(train) | set(dev) == everything
    assert set(train) & set(dev) == {rows[0]["text"]}  # said to be both by the corpus itself
    assert {row["text"] for row in rows[:20]} <= set(train)
    assert 25 < len(dev) < 65
    assert test == []


def test_unlabelled_sentences_are_read_once_each_with_nothing_known_of_them(tmp_path: Path) -> None:
    texts = [
        "The council met on Tuesday. It voted on the budget for the new bridge.\nShort one.",
        "It voted on the budget for the new bridge. Nobody spoke against it in the hall.",
    ]
    lines = [json.dumps({"id": str(place), "text": text}) for place, text in enumerate(texts)]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    corpus = CorpusRecipe(name="articles", train=(), unlabelled="articles.jsonl")
    found = read_corpus(corpus, "train", tmp_path)
    assert [one.text for one in found] == [
        "It voted on the budget for the new bridge.",
        "Nobody spoke against it in the hall.",
    ]
    assert all(not one.targets and not one.spans for one in found)
    assert read_corpus(corpus, "dev", tmp_path) == []
