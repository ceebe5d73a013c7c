"""The sentence splitter: exact spans for any string, and the right ones for hard news."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.splitters import GROWING_LINES
from sayso.engine import sentences
from sayso.engine.sentences import split_sentences

HARD_SENTENCES = Path(__file__).parent / "hard_sentences.txt"
KNOWN_FAILURE = re.compile(r"known failure \((?P<reason>.+?)\): (?P<case>.+)")


def hard_cases() -> list[object]:
    """The cases of the file as pytest parameters, known failures marked."""
    cases: list[object] = []
    for line in HARD_SENTENCES.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        known = KNOWN_FAILURE.fullmatch(line)
        case = known["case"] if known else line
        marks = [pytest.mark.xfail(strict=True, reason=known["reason"])] if known else []
        cases.append(pytest.param(case.split(" ¦ "), marks=marks, id=case[:60]))
    return cases


def sentences_of(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def assert_exact(text: str) -> None:
    """The promises of `split_sentences` that hold whatever the text says."""
    spans = split_sentences(text)
    reached = 0
    for start, end in spans:
        assert reached <= start < end <= len(text)
        assert not text[reached:start].strip()
        sentence = text[start:end]
        assert sentence == sentence.strip()
        assert not set(sentence) & set("\n\r\v\f\x85\u2028\u2029")
        reached = end
    assert not text[reached:].strip()


@pytest.mark.parametrize("sentences", hard_cases())
def test_hard_news(sentences: list[str]) -> None:
    assert sentences_of(" ".join(sentences)) == sentences


def test_enough_hard_cases() -> None:
    assert len(hard_cases()) >= 60


WORDS = ["U.S.", "Mr.", "he said", "The", "Lt. Col.", "no", "9 p.m.", "D-N.Y.", "Jr.", "iPhone"]
MARKS = ".?!…,:;\"'“”‘’()[]«»-—–。😀\u0301\x00\ud800\ufeff\u200b"
GAPS = [" ", "\u00a0", "\t", "\n", "\r\n", "\r", "\u2028", "\x85", "\x1c"]
FOREIGN = ["👩‍🚀", "שלום.", "مرحبا؟"]
NEWSY = st.lists(st.sampled_from([*WORDS, *MARKS, *GAPS, *FOREIGN]), max_size=60).map("".join)


@given(NEWSY)
def test_exact_on_news_like_text(text: str) -> None:
    assert_exact(text)


@given(st.text(st.characters(codec=None)))
def test_exact_on_any_string(text: str) -> None:
    assert_exact(text)


@given(st.lists(st.text(st.characters(exclude_categories=["Zl", "Zp", "Cc"])), max_size=5))
def test_lines_are_split_apart(lines: list[str]) -> None:
    """A line is split the same way wherever it is."""
    alone = [sentence for line in lines for sentence in sentences_of(line)]
    assert sentences_of("\r\n".join(lines)) == alone


@pytest.mark.parametrize("text", ["", " ", "\n\r\n", "\u00a0\u2003\t"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@pytest.mark.parametrize("text", ["\x00", "\ud800", ".", "”", "?!", "😀", "\u0301"])
def test_a_lone_character_is_a_sentence(text: str) -> None:
    assert split_sentences(text) == [(0, len(text))]


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_a_line_break_ends_a_sentence(line_break: str) -> None:
    assert sentences_of(f"A headline{line_break}and a line of text") == [
        "A headline",
        "and a line of text",
    ]


def test_offsets_count_code_points() -> None:
    text = "\ufeff🎉 Cafe\u0301 opens. \u00a0 “Oui!”\r\n  Fin."
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "\ufeff🎉 Cafe\u0301 opens.",
        "“Oui!”",
        "Fin.",
    ]


@pytest.mark.parametrize("unit", GROWING_LINES.values(), ids=GROWING_LINES)
def test_long_tokens_are_masked_for_the_library(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """nupunkt's time is quadratic in the length of a token (benchmarks/splitters.py prints how
    ours grows), so it is shown none that holds more than a few stops.
    """
    shown: list[str] = []
    punkt = sentences._news_punkt()

    class Watched:
        def spans(self, line: str) -> list[tuple[int, int]]:
            shown.append(line)
            return punkt.spans(line)

    monkeypatch.setattr(sentences, "_news_punkt", Watched)
    line = unit * (20_000 // len(unit))
    assert_exact(line)
    assert [len(masked) for masked in shown] == [len(line)]
    for token in shown[0].split():
        assert len(token) < 300 or re.fullmatch(r"x+.{3}", token)


def test_importing_is_cheap() -> None:
    """nupunkt is loaded when a text is split, not when the module is imported."""
    code = "import sys, sayso.engine.sentences; sys.exit('nupunkt' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


@pytest.mark.xfail(strict=True, reason="a stop without a space after it does not end a sentence")
def test_a_space_is_missing() -> None:
    assert len(split_sentences("The deal failed.Nobody knows why.")) == 2
