import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.documents.lines import LINES_PER_CHUNK, Line, RawLine, chunked, raw_lines, read_lines
from sayso.errors import InputError


def test_raw_lines_know_their_number_and_offset() -> None:
    assert list(raw_lines(io.BytesIO(b"a\r\n\nb"))) == [
        RawLine(1, 0, b"a"),
        RawLine(2, 3, b""),
        RawLine(3, 4, b"b"),
    ]


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
def test_lines_end_with_newlines_only(data: bytes, texts: list[str]) -> None:
    assert [line.text for line in read_lines(io.BytesIO(data))] == texts


def test_a_line_that_is_not_utf8_keeps_its_number() -> None:
    one, bad, three = read_lines(io.BytesIO(b"a\n\xe9\nc"))
    assert (one, three) == (Line(1, "a"), Line(3, "c"))
    assert bad.error is not None
    assert "0xE9 at position 2" in bad.error
    assert bad.row == "\\xe9"


def test_lines_in_utf16_are_refused_once() -> None:
    with pytest.raises(InputError, match="UTF-16"):
        list(read_lines(io.BytesIO("a\nb\n".encode("utf-16"))))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))))
def test_lines_are_read_as_written(texts: list[str]) -> None:
    data = "".join(f"{text}\n" for text in texts).encode()
    expected = [text.removeprefix("\ufeff") if not n else text for n, text in enumerate(texts)]
    assert [line.text for line in read_lines(io.BytesIO(data))] == expected


def test_chunks_are_small_and_lose_nothing() -> None:
    lines = [Line(number, "x") for number in range(1, 2 * LINES_PER_CHUNK + 2)]
    chunks = list(chunked(lines))
    assert list(map(len, chunks)) == [LINES_PER_CHUNK, LINES_PER_CHUNK, 1]
    assert [line for chunk in chunks for line in chunk] == lines
    assert len(list(chunked([Line(1, "x" * 1_000_000), Line(2, "x")]))) == 2
