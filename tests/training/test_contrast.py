"""The pairs of `training/sentences/contrast` are what their README says."""

import json
from collections import Counter
from typing import Any

import pytest

from sayso.labels import LABELS
from sayso.training.corpora import normalized
from sayso.training.recipe import SENTENCES

CONTRAST = SENTENCES / "contrast"
FEWEST = {"train": 20, "yardstick": 8}


def rows(name: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in (CONTRAST / f"{name}.jsonl").read_text("utf-8").split("\n")
        if line
    ]


@pytest.mark.parametrize("name", FEWEST)
def test_a_pair_differs_in_its_labels(name: str) -> None:
    found = rows(name)
    for first, second in zip(found[::2], found[1::2], strict=True):
        assert first["doc"] == second["doc"]
        assert first["sense"] == second["sense"]
        assert first["labels"] != second["labels"]
    pairs = Counter(row["sense"] for row in found[::2])
    assert min(pairs.values()) >= FEWEST[name]


@pytest.mark.parametrize("name", FEWEST)
def test_evidence_is_whole_words_of_each_label(name: str) -> None:
    for row in rows(name):
        text = row["text"]
        for span in row["spans"]:
            start, end = span["start"], span["end"]
            assert text[start:end].strip() == text[start:end] != ""
            assert not text[max(0, start - 1) : start + 1].isalnum() or start == 0
            assert not text[end - 1 : end + 1].isalnum() or end == len(text)
        marked = {span["type"] for span in row["spans"]}
        assert row["labels"] == {label: int(label in marked) for label in LABELS}
        assert ("kind" in row) == bool(row["labels"]["unverified_attribution"])


def test_no_sentence_occurs_twice() -> None:
    texts = [normalized(row["text"]) for name in FEWEST for row in rows(name)]
    assert len(set(texts)) == len(texts)
