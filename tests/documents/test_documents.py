import pytest

from sayso.documents.documents import (
    Document,
    InputKind,
    RawFile,
    Unreadable,
    guess_kind,
    known_kind,
    location,
    read_document,
)
from sayso.errors import InputError


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
def test_the_kind_is_guessed_from_the_name(name: str, kind: InputKind) -> None:
    assert guess_kind(name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv.gz", InputKind.CSV),
        ("a.b.JSONL.ZST", InputKind.JSONL),
        ("a.gz", None),
        ("a.png", None),
        ("a", None),
        ("", None),
    ],
)
def test_the_kind_of_compressed_and_unknown_files(name: str, kind: InputKind | None) -> None:
    assert known_kind(name) == kind


def test_text_is_not_changed() -> None:
    data = "\ufeffOne.\r\n\r\nTwo\u00a0three. 🙂\n".encode()
    assert read_document(RawFile("a.txt", InputKind.TEXT, data)) == Document(
        "a.txt", "One.\r\n\r\nTwo\u00a0three. 🙂\n"
    )


def test_markup_is_read_with_a_source_map() -> None:
    page = f"<html><body><article><p>{'It may rain. ' * 30}</p></article></body></html>"
    html = read_document(RawFile("a.html", InputKind.HTML, page.encode()))
    markdown = read_document(RawFile("a.md", InputKind.MARKDOWN, b"\xef\xbb\xbfIt *may* rain."))
    assert html.source_map is not None
    assert not html.source_map.offsets_in_source
    assert markdown.text == "It may rain."
    assert markdown.source_map is not None
    assert markdown.source_map.offsets_in_source
    assert markdown.source_map.source_text == "It *may* rain."


@pytest.mark.parametrize("kind", [InputKind.TEXT, InputKind.MARKDOWN])
def test_text_that_is_not_utf8_is_refused(kind: InputKind) -> None:
    with pytest.raises(InputError, match="not UTF-8: byte 0xE9 at position 3"):
        read_document(RawFile("a", kind, b"caf\xe9"))


def test_locations_in_messages() -> None:
    assert location("a.txt") == "a.txt"
    assert location("a.csv", 3) == "a.csv:3"
    assert location("-", 3) == "standard input:3"
    assert str(Unreadable("a.csv", 3, "no text")) == "a.csv:3: no text"
    assert str(Unreadable("-", None, "no text")) == "standard input: no text"
