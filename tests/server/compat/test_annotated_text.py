"""What stands between markup is read, and is found again in the whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.server.compat.annotated_text import AnnotatedText


def annotated(*parts: dict[str, str]) -> AnnotatedText:
    return AnnotatedText({"annotation": list(parts)})


READ = annotated(
    {"markup": "<p>"},
    {"text": "It "},
    {"markup": "<b>"},
    {"text": "may"},
    {"markup": "</b><br>", "interpretAs": "\n\n"},
    {"text": "be."},
)


def test_text_is_kept_and_markup_is_interpreted() -> None:
    assert READ.text == "It may\n\nbe."
    assert READ.whole == "<p>It <b>may</b><br>be."


@pytest.mark.parametrize("word", ["It", "may", "be."])
def test_a_word_is_found_in_the_whole_text(word: str) -> None:
    start = READ.text.index(word)
    begin, end = READ.range(start, start + len(word))
    assert READ.whole[begin:end] == word


def test_a_range_over_markup_holds_the_markup() -> None:
    begin, end = READ.range(0, 6)
    assert READ.whole[begin:end] == "It <b>may"


@pytest.mark.parametrize(("start", "end"), [(6, 7), (7, 8), (6, 8)])
def test_a_range_inside_interpreted_markup_is_the_whole_markup(start: int, end: int) -> None:
    begin, stop = READ.range(start, end)
    assert READ.whole[begin:stop] == "</b><br>"


def test_a_range_that_ends_inside_interpreted_markup_ends_after_the_markup() -> None:
    begin, stop = READ.range(3, 7)
    assert READ.whole[begin:stop] == "may</b><br>"


def test_markup_without_a_meaning_beside_a_word_is_not_in_its_range() -> None:
    read = annotated({"text": "It"}, {"markup": "<i>"}, {"text": "may"}, {"markup": "</i>"})
    assert read.text == "Itmay"
    assert [read.range(0, 2), read.range(2, 5)] == [(0, 2), (5, 8)]


def test_plain_text_keeps_its_offsets() -> None:
    text = "🌊 It may be."
    read = annotated({"text": text})
    assert read.text == read.whole == text
    assert [read.range(at, at + 1) for at in range(5)] == [(at, at + 1) for at in range(5)]


def test_a_plain_text_is_one_segment() -> None:
    read = AnnotatedText({"text": "It may."})
    assert read.text == read.whole == "It may."


@pytest.mark.parametrize(
    ("parts", "whole"),
    [([], ""), ([{"markup": "<p>"}], "<p>"), ([{"text": ""}], ""), ([{"markup": ""}], "")],
)
def test_markup_alone_is_an_empty_text(parts: list[dict[str, str]], whole: str) -> None:
    read = annotated(*parts)
    assert (read.text, read.whole) == ("", whole)


PARTS = st.lists(
    st.one_of(
        st.builds(lambda text: {"text": text}, st.text("aé🌊 ", max_size=4)),
        st.builds(
            lambda markup, meaning: {"markup": markup, "interpretAs": meaning},
            st.text("<🌊>", max_size=3),
            st.text("\n-", max_size=2),
        ),
    ),
    max_size=6,
)


@given(PARTS)
def test_every_range_of_plain_characters_is_the_same_in_both(parts: list[dict[str, str]]) -> None:
    read = annotated(*parts)
    at = 0
    for part in parts:
        stands_for = part.get("text", part.get("interpretAs", ""))
        for offset, character in enumerate(stands_for, start=at):
            start, end = read.range(offset, offset + 1)
            assert read.whole[start:end] == (character if "text" in part else part["markup"])
        at += len(stands_for)
    assert len(read.text) == at


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "data"),
        ([], "data"),
        ({}, "data"),
        ("canary", "data"),
        ({"annotation": "canary"}, "data"),
        ({"text": 5}, "data"),
        ({"text": "canary", "annotation": []}, "data"),
        ({"annotation": [{}]}, "data.annotation[0]"),
        ({"annotation": ["canary"]}, "data.annotation[0]"),
        ({"annotation": [{"text": "a"}, {"text": "a", "markup": "b"}]}, "data.annotation[1]"),
        ({"annotation": [{"text": 5}]}, "data.annotation[0].text"),
        ({"annotation": [{"markup": "a", "interpretAs": 5}]}, "data.annotation[0].interpretAs"),
        ({"annotation": [{"text": "a"}, {"text": "canary\ud800"}]}, "data.annotation[1].text"),
        ({"annotation": [{"markup": "canary\udc00"}]}, "data.annotation[0].markup"),
    ],
)
def test_invalid_segments_are_named(data: Any, field: str) -> None:
    with pytest.raises(InputError) as found:
        AnnotatedText(data)
    assert found.value.field == field
    assert "canary" not in str(found.value)
