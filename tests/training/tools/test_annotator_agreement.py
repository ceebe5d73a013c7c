import re

import pytest

from sayso.labels import HEDGING, LABELS
from training.tools.annotator_agreement import ARTICLES, agreement, read_annotations


def test_agreement_beyond_chance() -> None:
    first = {name: {HEDGING: int(name in "ab")} for name in "abcdef"}
    second = {name: {HEDGING: int(name in "ac")} for name in "abcd"}
    alike, kappa = agreement(first, second, HEDGING)
    assert alike == pytest.approx(0.5)
    assert kappa == pytest.approx(0.0)
    assert agreement(first, first, HEDGING) == (1.0, 1.0)


def test_the_readme_has_the_agreement() -> None:
    text = (ARTICLES / "README.md").read_text(encoding="utf-8")
    first, second = (read_annotations(ARTICLES / name) for name in ("train.jsonl", "second.jsonl"))
    found = [agreement(first, second, label) for label in LABELS]
    assert f"{len(second)} of the sentences were labelled twice" in text
    assert re.findall(r"([\d.]+) % \(", text) == [f"{100 * alike:.1f}" for alike, _ in found]
    for _, kappa in found:
        assert f"{kappa:.2f}".lstrip("0") in text
