import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.console.messages import counted, print_message, printable, warning_text
from sayso.engine.report import ReportWarning


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("café 🙂", "café 🙂"),
        ("\x1b[2J\tx\n\x7f", "␛[2J x␊␡"),
        ("\x9b\u202e\u2066\u2028\ud83d", "\ufffd" * 5),
    ],
)
def test_control_characters_become_visible(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_printable_text_has_the_same_length_and_no_control_characters(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (2000, "2,000 files")]
)
def test_numbers_have_a_noun(number: int, text: str) -> None:
    assert counted(number, "file") == text


@pytest.mark.parametrize(
    ("message", "printed"),
    [
        ("no such file", "sayso: no such file\n"),
        ("two\r\n lines\x1b", "sayso: two\n  lines␛\n"),
        ("", "sayso: \n"),
    ],
)
def test_messages_go_to_standard_error(
    message: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_message(message)
    captured = capsys.readouterr()
    assert captured.err == printed
    assert captured.out == ""


def test_warnings_name_their_sentence_from_one() -> None:
    assert warning_text(ReportWarning("x", "too long", 0)) == "sentence 1: too long"
    assert warning_text(ReportWarning("x", "too long", 4), "line") == "line 5: too long"
    assert warning_text(ReportWarning("x", "not English")) == "not English"
