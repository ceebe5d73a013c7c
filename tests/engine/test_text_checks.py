import pytest

from sayso.engine.text_checks import has_words, require_unicode, text_warnings
from sayso.errors import InputError

ENGLISH = "The minister said that the bridge would open on Monday, and that nobody would pay. "


def codes(text: str) -> list[str]:
    return [warning.code for warning in text_warnings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENGLISH, []),
        ("", ["empty_text"]),
        (" \n\t", ["empty_text"]),
        ("😀 🎉", ["no_words"]),
        ("\x00" + ENGLISH, ["control_characters"]),
        ("Der Minister sagte, die Brücke werde am Montag ohne Maut geöffnet.", ["not_english"]),
        ("שר החוץ אמר כי הגשר ייפתח ביום שני וכי איש לא ישלם עבורו", ["not_english"]),
        ("Kein Wort", []),  # too short to tell
        ("Bridge shut; traffic sent round by northern tunnel, port says", []),
    ],
)
def test_warnings(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_words_of_any_script_are_words() -> None:
    assert has_words("мост")
    assert has_words("1968")
    assert not has_words("… — !")


def test_half_a_surrogate_pair_is_located() -> None:
    with pytest.raises(InputError, match=r"text .*U\+D800\) at character 2") as caught:
        require_unicode("ab\ud800", "text")
    assert caught.value.field == "text"
