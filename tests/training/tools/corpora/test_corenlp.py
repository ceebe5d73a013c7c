from pathlib import Path

import pytest

from sayso.errors import CorpusError
from training.tools.corpora.corenlp import find_sentences


def corenlp(path: Path, *sentences: tuple[int, int]) -> Path:
    """A file of the form of CoreNLP's, with two tokens a sentence."""
    body = "".join(
        f"<sentence id='1'><tokens>"
        f"<token id='1'><CharacterOffsetBegin>{start}</CharacterOffsetBegin>"
        f"<CharacterOffsetEnd>{start + 1}</CharacterOffsetEnd></token>"
        f"<token id='2'><CharacterOffsetBegin>{end - 1}</CharacterOffsetBegin>"
        f"<CharacterOffsetEnd>{end}</CharacterOffsetEnd></token></tokens></sentence>"
        for start, end in sentences
    )
    mention = "<coreference><mention><sentence>1</sentence></mention></coreference>"
    path.write_text(
        f"<root><document><sentences>{body}</sentences>{mention}</document></root>",
        encoding="utf-8",
    )
    return path


def cut(path: Path, text: str, *sentences: tuple[int, int]) -> list[str]:
    return [text[a:b] for a, b in find_sentences(text, corenlp(path, *sentences))]


def test_sentences_are_corenlps(tmp_path: Path) -> None:
    text = "It rained. It snowed."
    assert cut(tmp_path / "x", text, (0, 10), (11, 21)) == ["It rained.", "It snowed."]


def test_no_sentence_goes_over_a_blank_line(tmp_path: Path) -> None:
    text = "A Headline\n \n\nIt rained\nall day."
    assert cut(tmp_path / "x", text, (0, len(text))) == ["A Headline", "It rained\nall day."]


def test_offsets_of_java_become_code_points(tmp_path: Path) -> None:
    text = "🙂🙂 It rained. It snowed."
    assert cut(tmp_path / "x", text, (0, 15), (16, 26)) == ["🙂🙂 It rained.", "It snowed."]


@pytest.mark.parametrize(
    ("text", "first", "second", "expected"),
    [
        ("“It rained.” He left.", (0, 11), (11, 21), ["“It rained.”", "He left."]),
        ("He left. “It rained.”", (0, 10), (10, 21), ["He left.", "“It rained.”"]),
        ('"It rained." He left.', (0, 11), (11, 21), ['"It rained."', "He left."]),
        ('He left. "It rained."', (0, 10), (10, 21), ["He left.", '"It rained."']),
        ('He left. "It rained."', (0, 8), (9, 21), ["He left.", '"It rained."']),
        ("He left.\n\n” It rained.", (0, 8), (10, 22), ["He left.", "” It rained."]),
        ("He left. ”", (0, 8), (9, 10), ["He left. ”"]),
    ],
)
def test_quotation_marks_stay_with_their_words(
    tmp_path: Path, text: str, first: tuple[int, int], second: tuple[int, int], expected: list[str]
) -> None:
    assert cut(tmp_path / "x", text, first, second) == expected


def test_without_corenlp_nupunkt_cuts(tmp_path: Path) -> None:
    text = "A Headline\n\nIt rained, Mr. Hill said. It snowed.\n"
    assert [text[a:b] for a, b in find_sentences(text, tmp_path / "none")] == [
        "A Headline",
        "It rained, Mr. Hill said.",
        "It snowed.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<root>\n<document>", r"x:2: not XML"),
        ("<root/>", "found no document/sentences/sentence"),
        (
            "<root><document><sentences><sentence/></sentences></document></root>",
            "a sentence has no tokens with CharacterOffsetBegin",
        ),
    ],
)
def test_other_forms_are_errors(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(CorpusError, match=message):
        find_sentences("It rained.", tmp_path / "x")


def test_sentences_of_a_longer_text_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="ends at 11, but the text has 10 characters"):
        cut(tmp_path / "x", "It rained.", (0, 11))
