import json
from pathlib import Path

import numpy as np
import pytest

from sayso.engine.scorer import Scorer
from sayso.labels import HEDGING, LABELS
from sayso.training.corpora import Example
from sayso.training.fairness import PAIRS, measure_flips, measure_leanings, read_leanings


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def test_pairs_that_differ_in_a_cue_flip(tmp_path: Path, scorer: Scorer) -> None:
    pairs = [
        {"changes": "name", "first": "It may rain, Ann said.", "second": "It may rain, Bo said."},
        {"changes": "cue", "first": "The dam could fail.", "second": "The dam failed."},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), encoding="utf-8")
    cue, name, every = measure_flips(scorer, path)
    assert (cue.changes, cue.pairs, cue.flipped, cue.by_label[HEDGING]) == ("cue", 1, 1, 1)
    assert (name.changes, name.flipped) == ("name", 0)
    assert (every.changes, every.pairs, every.flipped) == ("all", 2, 1)


def test_the_pairs_are_many_and_each_changes_something() -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    assert len(pairs) >= 200
    assert {pair["changes"] for pair in pairs} == {"name", "party", "place", "side"}
    assert len({pair["id"] for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert pair["first"] != pair["second"]
        assert set(pair["labels"]) == set(LABELS)


def test_errors_are_counted_by_leaning(tmp_path: Path) -> None:
    articles = tmp_path / "articles.jsonl"
    leanings = {"a": "left", "b": "right"}
    articles.write_text(
        "".join(json.dumps({"id": one, "leaning": side}) + "\n" for one, side in leanings.items()),
        encoding="utf-8",
    )
    assert read_leanings(articles) == leanings
    rows = [("a", 0, 1), ("a", 0, 0), ("a", 1, 1), ("b", 0, 0), ("b", 1, 0), ("elsewhere", 0, 1)]
    examples = [Example("x", {HEDGING: float(truth)}, row={"doc": doc}) for doc, truth, _ in rows]
    flags = {HEDGING: np.array([float(flag) for _, _, flag in rows])}
    left, right = measure_leanings(examples, flags, leanings)
    assert (left.leaning, left.rows, left.positives) == ("left", 3, 1)
    assert (left.false_alarms, left.misses) == (0.5, 0.0)
    assert (right.false_alarms, right.misses) == (0.0, 1.0)
    low, high = left.false_alarms_interval
    assert low < 0.5 < high


def test_unlikely_differences_have_a_small_p() -> None:
    leanings = {"a": "left", "b": "right"}
    docs = ["a"] * 200 + ["b"] * 200
    examples = [Example("x", {HEDGING: 0.0}, row={"doc": doc}) for doc in docs]
    lopsided = np.array([1.0] * 60 + [0.0] * 340)
    even = np.array(([1.0] * 30 + [0.0] * 170) * 2)
    assert measure_leanings(examples, {HEDGING: lopsided}, leanings)[0].p_false_alarms < 0.001
    assert measure_leanings(examples, {HEDGING: even}, leanings)[0].p_false_alarms > 0.5
