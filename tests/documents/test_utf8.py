import pytest

from sayso.documents.utf8 import decode, excerpt, refuse_other_encodings, require_utf8
from sayso.errors import InputError


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9", "byte 0xE9 at position 3; .*iconv -f WINDOWS-1252"),
        (b"\xef\xbb\xbfcaf\xe9", "byte 0xE9 at position 6"),
        ("dam".encode("utf-16"), "byte 0xFF at position 0; .*iconv -f UTF-16"),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_named(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        decode(data)


def test_a_byte_order_mark_is_removed_only_from_the_beginning_of_a_file() -> None:
    assert decode(b"\xef\xbb\xbfcaf\xc3\xa9") == "café"
    assert decode(b"\xef\xbb\xbfcaf\xc3\xa9", start=4) == "\ufeffcafé"


def test_positions_count_from_the_beginning_of_the_file() -> None:
    with pytest.raises(InputError, match="byte 0xE9 at position 13;"):
        decode(b"caf\xe9", start=10)


@pytest.mark.parametrize("data", [b"\xff\xfed\0", b"\xfe\xff\0d"])
def test_utf16_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(InputError, match=r"not UTF-8: .*it looks like UTF-16"):
        refuse_other_encodings(data)


@pytest.mark.parametrize("data", [b"", b"\xff", "café".encode(), b"caf\xe9"])
def test_other_beginnings_are_not_refused(data: bytes) -> None:
    refuse_other_encodings(data)


def test_escaped_bytes_are_found_in_a_decoded_text() -> None:
    require_utf8("café", "column 'text'")
    with pytest.raises(InputError, match="column 'text' is not UTF-8: byte 0xE9 at character 3;"):
        require_utf8(b"caf\xe9".decode("utf-8", "surrogateescape"), "column 'text'")


@pytest.mark.parametrize("character", ["x", "🙂", "\u00e9", "\\"])
def test_long_rows_are_cut_off(character: str) -> None:
    assert excerpt(2000 * character.encode()) == 2000 * character
    assert excerpt(2001 * character.encode()) == 2000 * character + "…"
    assert excerpt(3 * b"\xff" + 10**6 * character.encode()) == (
        "\\xff" * 3 + 1988 * character + "…"
    )
