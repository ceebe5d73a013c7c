"""A real article, which is not part of the repository, read by the shipped bundle."""

import pytest

from sayso.engine.report import Report
from sayso.engine.scorer import Scorer
from sayso.labels import HEDGING, LOADED_FRAMING, UNVERIFIED_ATTRIBUTION
from tests.conftest import SHARED


@pytest.fixture(scope="module")
def article() -> str:
    path = SHARED / "examples" / "kyiv_factory.txt"
    if not path.is_file():
        pytest.skip(f"needs the example article {path}")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(article: str) -> Report:
    return Scorer().score(article)


def test_every_sentence_and_span_is_exact(article: str, report: Report) -> None:
    assert len(report.sentences) > 20
    for sentence in report.sentences:
        assert article[sentence.start : sentence.end] == sentence.text
        for found in sentence.evidence:
            assert sentence.start <= found.start < found.end <= sentence.end
            words = article[found.start : found.end]
            assert words == words.strip()


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("unverified", UNVERIFIED_ATTRIBUTION),
        ("citing", UNVERIFIED_ATTRIBUTION),
        ("shockwaves", LOADED_FRAMING),
        ("shrouded", LOADED_FRAMING),
        ("could", HEDGING),
        ("if", HEDGING),
    ],
)
def test_what_a_reader_would_mark_is_marked(
    article: str, report: Report, word: str, label: str
) -> None:
    marked = [
        article[found.start : found.end].split()
        for sentence in report.sentences
        for found in sentence.evidence
        if found.label == label
    ]
    assert any(word in words for words in marked)
