import pytest

from sayso.errors import CorpusError
from training.tools.corpora.phrases import find_words, read_words


def found(text: str, *words: str) -> list[str]:
    return [text[span.start : span.end] for span in find_words(text, list(words), "w")]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("A vile plan, said the Vile mayor.", ["vile"], ["vile", "Vile"]),
        ("The reckless, foolish plan.", ["foolish", "reckless"], ["reckless", "foolish"]),
        (
            "A gang of petty thieves ran.",
            ["thieves", "petty", "gang", "of"],
            ["gang of petty thieves"],
        ),
        ("A gang of thieves.", ["gang", "of"], ["gang"]),
        ("To the shame of the town.", ["the", "of", "to"], []),
        ("A knee-jerk ban.", ["knee", "jerk"], ["knee-jerk"]),
        ("The warship sailed.", ["war"], []),
        ("He can’t be trusted.", ["can't"], ["can’t"]),
        ("They ‘won’ 🙂 the “debate”.", ["debate", "won"], ["won", "debate"]),
        ("A (so-called) expert.", ["so-called)", "so-called"], ["so-called)"]),
        ("Nothing here.", ["", "  ", "misspelt"], []),
    ],
)
def test_words_are_found_where_the_text_has_them(
    text: str, words: list[str], expected: list[str]
) -> None:
    assert found(text, *words) == expected


@pytest.mark.parametrize("listed", ["", None, "nan", "[]", []])
def test_a_sentence_may_list_no_words(listed: object) -> None:
    assert read_words(listed, "here") == []


def test_words_are_read_from_a_list_or_its_text() -> None:
    assert read_words("['vile', \"can't\"]", "") == read_words(["vile", "can't"], "")


@pytest.mark.parametrize("listed", ["vile, foul", "['vile'", "{'vile': 1}", 3])
def test_other_lists_are_errors(listed: object) -> None:
    with pytest.raises(CorpusError, match=r"table:4: biased_words is .*expected a list"):
        read_words(listed, "table:4")
