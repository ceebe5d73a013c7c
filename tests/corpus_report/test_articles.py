import json
from pathlib import Path
from typing import Any

import pytest

from sayso.corpus_report.articles import is_scored, read_scored
from sayso.documents.documents import InputKind, Unreadable
from sayso.documents.find_files import InputFile

SENTENCE = {
    "text": "Officials said it may.",
    "flags": ["hedging"],
    "kind": "unnamed",
    "evidence": [{"label": "hedging"}, {"label": "hedging"}],
}
RECORD = {
    "input": {"outlet": "A"},
    "model": "model-1",
    "thresholds": {"hedging": 0.5},
    "sentences": [SENTENCE],
}


def written(folder: Path, *records: dict[str, Any]) -> InputFile:
    path = folder / "scored.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return InputFile(str(path), InputKind.JSONL)


def test_a_record_is_an_article(tmp_path: Path) -> None:
    source = written(tmp_path, RECORD)
    assert is_scored(source)
    (article,) = read_scored(source)
    assert not isinstance(article, Unreadable)
    assert (article.columns, article.model) == ({"outlet": "A"}, "model-1")
    assert (article.flagged, article.kinds) == ({"hedging": 1}, {"unnamed": 1})
    (sentence,) = article.sentences
    assert (sentence.words, sentence.marks) == (4, {"hedging": 2})


@pytest.mark.parametrize(
    "foreign",
    [
        {"thresholds": {"irony": 0.5}},
        {"sentences": [{**SENTENCE, "kind": "hearsay"}]},
        {"sentences": [{}]},
        {"input": None},
    ],
)
def test_a_record_of_another_kind_is_unreadable(tmp_path: Path, foreign: dict[str, Any]) -> None:
    (unreadable,) = read_scored(written(tmp_path, {**RECORD, **foreign}))
    assert isinstance(unreadable, Unreadable)
    assert unreadable.error == "is not a record of a scored document"
