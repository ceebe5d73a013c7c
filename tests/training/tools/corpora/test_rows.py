import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import CorpusError, InputError
from sayso.training.corpora import normalized
from training.tools.corpora.rows import (
    NO_EDGES,
    ONE_SPACE,
    Row,
    Span,
    fold,
    make_row,
    summary,
    tidy,
    without_repeats,
    write_splits,
)

RULES = [ONE_SPACE, (re.compile("``|''"), '"'), NO_EDGES]


def row(text: str, **labels: int) -> Row:
    return make_row(text[:2], text, labels, [], where="here")


def test_spans_stay_on_their_words_when_a_text_is_tidied() -> None:
    text = "  It  ``may''\u00a0\n rain. "
    span = Span(text.index("may"), text.index("may") + 3, "cue", {"rel": "E1"})
    tidied, (moved,) = tidy(text, [span], RULES, "here")
    assert tidied == 'It "may" rain.'
    assert tidied[moved.start : moved.end] == "may"
    assert (moved.type, moved.more) == ("cue", {"rel": "E1"})


def test_a_span_loses_white_space_and_nothing_else() -> None:
    tidied, (moved,) = tidy("a  b  c", [Span(1, 6, "cue")], [ONE_SPACE], "here")
    assert tidied[moved.start : moved.end] == "b"


@given(st.lists(st.sampled_from(["a", "é", "🙂b", "``", "''", " ", "\n\u00a0", "."]), max_size=30))
def test_every_word_is_found_again_in_the_tidied_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    spans = [Span(m.start(), m.end(), "word") for m in re.finditer(r"\w+", text)]
    tidied, moved = tidy(text, spans, RULES, "here")
    assert [tidied[s.start : s.end] for s in moved] == [text[s.start : s.end] for s in spans]
    assert normalized(tidied) == normalized(text)


def test_a_rule_that_changes_annotated_words_is_an_error() -> None:
    with pytest.raises(CorpusError, match=r"line 3: 'may', marked cue, became 'm'"):
        tidy("It may.", [Span(3, 6, "cue")], [(re.compile("ay"), "")], "line 3")


def test_a_row_leaves_out_unknown_fields() -> None:
    made = make_row(
        "1", "It rained.", {"a": 1}, [Span(3, 9, "w")], where="x", outlet="", topic=None
    )
    assert made == {
        "id": "1",
        "text": "It rained.",
        "labels": {"a": 1},
        "spans": [{"start": 3, "end": 9, "type": "w"}],
    }


@pytest.mark.parametrize("span", [Span(0, 0, "w"), Span(-1, 2, "w"), Span(3, 11, "w")])
def test_a_span_outside_of_the_text_is_an_error(span: Span) -> None:
    with pytest.raises(CorpusError, match=r"file:7: span .* which has 10 characters"):
        make_row("1", "It rained.", {}, [span], where="file:7")


def test_a_row_needs_a_text() -> None:
    with pytest.raises(CorpusError, match="file:7: found no text"):
        make_row("1", " ", {}, [], where="file:7")


def test_a_document_is_in_the_same_fold_everywhere() -> None:
    assert [fold(name) for name in ("a.txt", "b.txt", "é")] == [2, 4, 5]


def test_repeats_are_kept_where_they_are_measured() -> None:
    splits = {
        "train": [row("It rained!"), row("It snowed."), row("It snowed.")],
        "dev": [row("It rained."), row("It hailed.")],
        "test": [row("IT RAINED."), row("It rained.")],
    }
    everywhere = without_repeats(splits)
    assert {name: [r["text"] for r in rows] for name, rows in everywhere.items()} == {
        "train": ["It snowed."],
        "dev": ["It hailed."],
        "test": ["IT RAINED."],
    }
    only_train = without_repeats(splits, thinned=("train",))
    assert [len(rows) for rows in only_train.values()] == [1, 2, 2]
    exactly = without_repeats(splits, key=str.lower)
    assert [len(rows) for rows in exactly.values()] == [2, 1, 1]


def test_splits_are_written_once(tmp_path: Path) -> None:
    splits = {"train": [row("„Es regnet“ 🙂\u2028")], "test": []}
    write_splits(splits, tmp_path / "new")
    written = (tmp_path / "new" / "train.jsonl").read_text(encoding="utf-8")
    assert json.loads(written) == splits["train"][0]
    assert (tmp_path / "new" / "test.jsonl").read_text() == ""
    with pytest.raises(InputError, match=r"train\.jsonl exists"):
        write_splits(splits, tmp_path / "new")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write to"):
        write_splits({"train": []}, tmp_path / "file" / "below")


def test_the_summary_counts_labels() -> None:
    one = make_row("1", "It rained.", {"a": 1, "b": 0}, [Span(0, 2, "w")], where="", doc="d")
    assert summary({"train": [one, row("It snowed.", a=0)], "dev": []}) == (
        "train: 2 rows, 1 documents, 1 spans; a 1 of 2; b 0 of 1\ndev: 0 rows, 0 documents, 0 spans"
    )
