from pathlib import Path

import pytest

from sayso.errors import CorpusError
from training.tools.corpora.tables import find_table, read_table


def read(path: Path, text: str | bytes) -> list[tuple[str, dict[str, str]]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_table(path, ";", ("text", "label")))


def test_records_carry_the_line_they_end_on(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    records = read(path, '\ufefftext;label\n"He said ""no"";\nand left.";1\nIt rained.;0\n')
    assert records == [
        (f"{path}:3", {"text": 'He said "no";\nand left.', "label": "1"}),
        (f"{path}:4", {"text": "It rained.", "label": "0"}),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "text,label\nIt rained.,0\n",
            r"t\.csv:1: no column label, text in 'text,label'.*delimiter ';'",
        ),
        ("", r"t\.csv:1: no column"),
        ("text;label\nIt rained.;0;1\n", r"t\.csv:2: expected 2 fields"),
        ("text;label\nIt rained.\n", r"t\.csv:2: expected 2 fields"),
        ("text;label\n ;1\n", r"t\.csv:2: 'text' is empty"),
        ('text;label\n"It" rained.;1\n', r"t\.csv:2: not a table"),
        (b"text;label\nIt rained\xff.;1\n", r"t\.csv: not UTF-8 after line \d"),
    ],
)
def test_a_table_of_another_form_is_an_error(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        read(tmp_path / "t.csv", text)


def test_a_table_is_found_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "t.csv").write_text("")
    assert find_table(tmp_path, "t.csv") == tmp_path / "data" / "t.csv"
    assert find_table(tmp_path, "u.csv") is None
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(CorpusError, match=r"found t\.csv twice"):
        find_table(tmp_path, "t.csv")
    with pytest.raises(CorpusError, match=r"no folder .*nowhere"):
        find_table(tmp_path / "nowhere", "t.csv")
