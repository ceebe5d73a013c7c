from pathlib import Path

import pytest

from sayso.errors import CorpusError
from training.tools.corpora.brat import Mark, Relation, read_brat

TEXT = "“It rained 🙂,” she\nsaid. It snowed."


def read(folder: Path, *lines: str, text: str = TEXT) -> tuple[list[Mark], list[Relation]]:
    (folder / "a.ann").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_brat(folder / "a.ann", text)


def test_marks_and_relations_are_read(tmp_path: Path) -> None:
    marks, (relation,) = read(
        tmp_path,
        "T1\tSource 15 18\tshe",
        "E1\tAttribution:T4 Content:T3 Content2:T5 Cue:T2 Source:T1",
        "T2\tCue 19 23\tsaid",
        "T3\tContent 0 14\t“It rained 🙂,”",
        "T4\tAttribution 19 23\tsaid",
        "T5\tContent 25 27;28 34\tIt snowed",
        "T6\tDiscuss 15 23\tshe said",
        "A1\tCertain T1",
        "#1\tAnnotatorNotes T1\tunsure",
        "",
    )
    assert [mark.type for mark in marks][-1] == "Discuss"
    assert (relation.id, relation.type) == ("E1", "Attribution")
    assert relation.roles["Source"] == (Mark("Source", ((15, 18),), "she"),)
    assert relation.roles["Content"] == (
        Mark("Content", ((0, 14),), "“It rained 🙂,”"),
        Mark("Content", ((25, 27), (28, 34)), "It snowed"),
    )


def test_a_mark_over_a_line_end_has_a_space_there(tmp_path: Path) -> None:
    (mark,), _ = read(tmp_path, "T1\tCue 15 23\tshe said")
    assert mark.words == "she said"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1\tSource 15 18\tshy", r"a\.ann:2: T1 marks 'shy', but the text says 'she' there"),
        ("T1\tSource 15 99\tshe", r"a\.ann:2: T1 marks 15 to 99 of a text of 35 characters"),
        ("T1\tSource 18 18\t", r"a\.ann:2: T1 marks 18 to 18"),
        ("T1 Source 15 18 she", r"a\.ann:2: found 'T1 Source.*expected a mark"),
        ("E1\tAttribution:T0 Cue:T9", r"a\.ann:2: E1 names T9; expected a mark of this file"),
        ("<xml/>", r"a\.ann:2: found '<xml/>'"),
    ],
)
def test_other_lines_are_errors(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read(tmp_path, "T0\tCue 19 23\tsaid", line)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"a\.ann: cannot be read"):
        read_brat(tmp_path / "a.ann", TEXT)
    (tmp_path / "a.ann").write_bytes(b"\xff")
    with pytest.raises(CorpusError, match=r"a\.ann: cannot be read"):
        read_brat(tmp_path / "a.ann", TEXT)
