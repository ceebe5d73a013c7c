import csv
import datetime
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.documents.batches import LineChunk, read_batches
from sayso.documents.documents import Document, InputKind, RawFile, Unreadable, guess_kind
from sayso.documents.find_files import InputFile
from sayso.documents.lines import LINES_PER_CHUNK, Line, chunked, read_lines
from sayso.documents.utf8 import decode, excerpt
from sayso.errors import InputError


def documents(path: Path, kind: InputKind, column: str = "text") -> list[Document | Unreadable]:
    source = InputFile(str(path), kind)
    items = [item for batch in read_batches([source], column) for item in batch.items]
    assert not any(isinstance(item, RawFile | LineChunk) for item in items)
    return items


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", InputKind.TEXT),
        ("a.md", InputKind.MARKDOWN),
        ("a.HTML", InputKind.HTML),
        ("a.htm", InputKind.HTML),
        ("a.jsonl", InputKind.JSONL),
        ("a.ndjson", InputKind.JSONL),
        ("a.csv", InputKind.CSV),
        ("x/a.parquet", InputKind.PARQUET),
        ("a", InputKind.TEXT),
        ("-", InputKind.TEXT),
    ],
)
def test_kind_is_guessed_from_the_name(name, kind):
    assert guess_kind(name) == kind


def test_text_is_kept_as_it_is(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffOne.\r\n\r\nTwo\u00a0three. 🙂\n".encode())
    assert documents(path, InputKind.TEXT) == [
        Document(str(path), "One.\r\n\r\nTwo\u00a0three. 🙂\n")
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9", "byte 0xE9 at position 3; .*iconv -f WINDOWS-1252"),
        (b"\xef\xbb\xbfcaf\xe9", "byte 0xE9 at position 6"),
        ("dam".encode("utf-16"), "byte 0xFF at position 0; .*iconv -f UTF-16"),
    ],
)
def test_what_is_not_utf8_is_named(data, message):
    with pytest.raises(InputError, match=message):
        decode(data)


def test_html_gives_the_article(tmp_path):
    path = tmp_path / "a.html"
    one = "The council will meet on Friday to vote on the plan for the bridge & the quay."
    two = "The plan was first shown to the traders of the old harbour in the spring of 2023."
    path.write_text(
        "<html><body><nav>Menu</nav><article><h1>Bridge</h1>"
        f"<p>{one.replace('&', '&amp;')}</p><p>{two}</p></article></body></html>"
    )
    (document,) = documents(path, InputKind.HTML)
    assert isinstance(document, Document)
    assert document.text == f"Bridge\n{one}\n{two}"


@pytest.mark.parametrize("page", [b"", b"<html><body></body></html>", b"\x00\xff\xfe"])
def test_html_without_an_article_is_refused(tmp_path, page):
    path = tmp_path / "a.html"
    path.write_bytes(page)
    with pytest.raises(InputError, match="no article text"):
        documents(path, InputKind.HTML)


def test_bad_json_rows_keep_their_place(tmp_path):
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
    first, *bad, last = documents(path, InputKind.JSONL)
    assert first == Document(str(path), "One.", 1, {"id": 1, "n": None})
    assert last == Document(str(path), "Last.", 10)
    assert [(one.line, type(one)) for one in bad] == [
        (line, Unreadable) for line in (2, 3, 5, 6, 7, 8, 9)
    ]
    for one, words in zip(
        bad, ["no column 'text'", "list", "null", "int", "0xE9", "", "invalid JSON"], strict=True
    ):
        assert words in one.error
    assert [one.row for one in bad] == [
        '{"id": 2}',
        "[1]",
        '{"text": null}',
        '{"text": 5}',
        '{"text": "\\xe9"}',
        "{" * 2000 + "…",
        "{bad",
    ]


@pytest.mark.parametrize("character", ["x", "🙂", "\u00e9", "\\"])
def test_long_rows_are_shown_in_part(character):
    assert excerpt(2000 * character.encode()) == 2000 * character
    assert excerpt(2001 * character.encode()) == 2000 * character + "…"
    assert excerpt(3 * b"\xff" + 10**6 * character.encode()) == (
        "\\xff" * 3 + 1988 * character + "…"
    )


def test_csv_rows(tmp_path):
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


def test_csv_without_the_column_names_those_there(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,body\n1,One.\n")
    with pytest.raises(InputError, match=r"no column 'text'; found 'id', 'body'.*--text-column"):
        documents(path, InputKind.CSV)
    assert documents(path, InputKind.CSV, "body") == [Document(str(path), "One.", 2, {"id": "1"})]


@pytest.mark.parametrize("data", [b"", b"\xff\xfei\x00", b"text,text\n1,2\n"])
def test_csv_with_a_bad_first_line_is_refused(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(InputError):
        documents(path, InputKind.CSV)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_csv_gives_back_what_was_written(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["text", "id"], *([text, "1"] for text in texts)])
    assert [document.text for document in documents(path, InputKind.CSV)] == texts


def test_parquet_rows(tmp_path):
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


@pytest.mark.parametrize("data", [b"", b"PAR1 this is no parquet PAR1", b"x" * 100])
def test_broken_parquet_is_refused(tmp_path, data):
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        documents(path, InputKind.PARQUET)


def test_a_broken_part_of_a_parquet_file_costs_no_other(tmp_path):
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


def test_rows_are_read_one_at_a_time(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "One."}) + "\n" + "{bad\n" * 10)
    first = next(iter(read_batches([InputFile(str(path), InputKind.JSONL)], "text", documents=1)))
    assert isinstance(first.items[0], Document)


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a\n\nb\r\n", ["a", "", "b"]),
        (b"a\rb\x0bc\x85d".replace(b"\x85", "\x85\u2028".encode()), ["a\rb\x0bc\x85\u2028d"]),
        (b"\xef\xbb\xbfa\n  \nb", ["a", "  ", "b"]),
    ],
)
def test_lines_end_with_newlines_only(data, texts):
    assert [line.text for line in read_lines(io.BytesIO(data))] == texts


def test_a_line_that_is_not_utf8_keeps_its_place():
    one, bad, three = read_lines(io.BytesIO(b"a\n\xe9\nc"))
    assert (one, three) == (Line(1, "a"), Line(3, "c"))
    assert bad.error is not None
    assert "0xE9 at position 2" in bad.error
    assert bad.row == "\\xe9"


def test_lines_in_utf16_are_refused_once():
    with pytest.raises(InputError, match="UTF-16"):
        list(read_lines(io.BytesIO("a\nb\n".encode("utf-16"))))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))))
def test_lines_give_back_what_was_written(texts):
    data = "".join(f"{text}\n" for text in texts).encode()
    expected = [text.removeprefix("\ufeff") if not n else text for n, text in enumerate(texts)]
    assert [line.text for line in read_lines(io.BytesIO(data))] == expected


def test_chunks_are_small_and_lose_nothing():
    lines = [Line(number, "x") for number in range(1, 2 * LINES_PER_CHUNK + 2)]
    chunks = list(chunked(lines))
    assert list(map(len, chunks)) == [LINES_PER_CHUNK, LINES_PER_CHUNK, 1]
    assert [line for chunk in chunks for line in chunk] == lines
    assert len(list(chunked([Line(1, "x" * 1_000_000), Line(2, "x")]))) == 2
