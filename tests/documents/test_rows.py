import csv
import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.documents.documents import Document, InputKind, Unreadable
from sayso.documents.rows import is_row, read_rows
from sayso.documents.streams import open_input
from sayso.errors import InputError


def documents(path: Path, kind: InputKind, column: str = "text") -> list[Document | Unreadable]:
    with open_input(str(path)) as stream:
        return list(read_rows(str(path), stream, kind, column))


def test_bad_json_rows_keep_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        b'\xef\xbb\xbf{"id": 1, "text": "One.", "n": NaN}',
        b'{"id": 2}',
        b"[1]",
        b"",
        b'{"text": null}',
        b'{"text": 5}',
        b'{"text": "\xe9"}',
        b"{" * 100_000,
        b"{bad",
        b'{"text": "Last."}',
    ]
    path.write_bytes(b"\r\n".join(rows))
    first, *others, last = documents(path, InputKind.JSONL)
    assert first == Document(str(path), "One.", 1, {"id": 1, "n": None})
    assert last == Document(str(path), "Last.", 10)
    bad = [row for row in others if isinstance(row, Unreadable)]
    assert len(bad) == len(others)
    assert [row.line for row in bad] == [2, 3, 5, 6, 7, 8, 9]
    for row, words in zip(
        bad, ["no column 'text'", "list", "null", "int", "0xE9", "", "invalid JSON"], strict=True
    ):
        assert words in row.error
    assert [row.row for row in bad] == [
        '{"id": 2}',
        "[1]",
        '{"text": null}',
        '{"text": 5}',
        '{"text": "\\xe9"}',
        "{" * 2000 + "…",
        "{bad",
    ]


def test_half_a_character_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "\\ud83d"}\n{"text": "\\ud83d\\ude42"}\n')
    half, whole = documents(path, InputKind.JSONL)
    assert isinstance(half, Unreadable)
    assert whole == Document(str(path), "🙂", 2)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"text": "It may."}\n', True),
        (b'\xef\xbb\xbf {"a": 1}\r\n', True),
        (b"{}", False),
        (b"[1]", False),
        (b'"text"', False),
        (b"{it may}", False),
        (b'{"a": "\xe9"}', False),
        (b'{"a":' * 100_000, False),
        (b"", False),
    ],
)
def test_a_row_is_an_object_with_columns(line: bytes, expected: bool) -> None:
    assert is_row(line) is expected


def test_csv_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'\xef\xbb\xbfid,text,note\r\n1,"One, or\r\ntwo.",x\r\n2,too,many,fields\r\n\r\n'
        b"3,caf\xe9,y\r\n4,Last.,\r\n"
    )
    one, many, encoding, last = documents(path, InputKind.CSV)
    assert one == Document(str(path), "One, or\r\ntwo.", 2, {"id": "1", "note": "x"})
    assert isinstance(many, Unreadable)
    assert (many.line, many.error) == (4, "4 fields; the first line names 3 columns")
    assert many.row == "2,too,many,fields"
    assert isinstance(encoding, Unreadable)
    assert encoding.line == 6
    assert "'text' is not UTF-8: byte 0xE9" in encoding.error
    assert encoding.row == "3,caf\\xe9,y"
    assert last == Document(str(path), "Last.", 7, {"id": "4", "note": ""})


def test_a_missing_column_is_an_error_that_names_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,body\n1,One.\n")
    with pytest.raises(InputError, match=r"no column 'text'; found 'id', 'body'.*--text-column"):
        documents(path, InputKind.CSV)
    assert documents(path, InputKind.CSV, "body") == [Document(str(path), "One.", 2, {"id": "1"})]


def test_only_some_of_many_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{number}" for number in range(40)) + "\n")
    with pytest.raises(InputError, match=r"found 'c0', .*'c11' and 28 more\. Name the column"):
        documents(path, InputKind.CSV)


def test_csv_after_a_quotation_mark_that_is_never_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text('text\nOne.\n"Two.\n' + "Three.\n" * 100)
    monkeypatch.setattr("sayso.documents.rows.LONGEST_FIELD", 100)
    rows: Iterator[Document | Unreadable]
    with open_input(str(path)) as stream:
        rows = read_rows(str(path), stream, InputKind.CSV, "text")
        assert next(rows) == Document(str(path), "One.", 2)
        with pytest.raises(InputError, match="not valid CSV from line 3 on: field larger than"):
            next(rows)


@pytest.mark.parametrize("data", [b"", b"\xff\xfei\x00", b"text,text\n1,2\n"])
def test_csv_with_a_bad_first_line_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(InputError):
        documents(path, InputKind.CSV)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_csv_is_read_as_written(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["text", "id"], *([text, "1"] for text in texts)])
    found = documents(path, InputKind.CSV)
    assert [row.text for row in found if isinstance(row, Document)] == texts
    assert len(found) == len(texts)


def test_parquet_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    day = datetime.date(2024, 5, 3)
    table = pa.table(
        {
            "text": pa.array(["One.", None, "Three."]),
            "day": [day, day, day],
            "score": [0.5, float("nan"), None],
            "raw": [b"\xff", b"", None],
        }
    )
    pq.write_table(table, path)
    one, null, three = documents(path, InputKind.PARQUET)
    assert one == Document(str(path), "One.", 1, {"day": "2024-05-03", "score": 0.5, "raw": "/w=="})
    row = '{"text": null, "day": "2024-05-03", "score": null, "raw": ""}'
    assert null == Unreadable(str(path), 2, "column 'text' is null; expected a string", row)
    assert isinstance(three, Document)
    assert three.columns["score"] is None


def test_parquet_from_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["It may."]}), path)
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as stream:
        stream.write(path.read_bytes())
    with os.fdopen(reader, "rb") as stream:
        assert list(read_rows("-", stream, InputKind.PARQUET, "text")) == [
            Document("-", "It may.", 1)
        ]


@pytest.mark.parametrize("data", [b"", b"PAR1 this is no parquet PAR1", b"x" * 100])
def test_broken_parquet_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        documents(path, InputKind.PARQUET)


def test_only_the_damaged_row_group_of_a_parquet_file_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"Sentence {number}." for number in range(900)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=300, compression="none")
    data = bytearray(path.read_bytes())
    second = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data[second : second + 40] = b"\xff" * 40
    path.write_bytes(data)
    read = documents(path, InputKind.PARQUET)
    scored = [document.text for document in read if isinstance(document, Document)]
    (broken,) = [document for document in read if isinstance(document, Unreadable)]
    assert scored == texts[:300] + texts[600:]
    assert broken.line == 301
    assert "rows 301 to 600" in broken.error
