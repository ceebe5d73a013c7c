import io
import re

import pytest
from hypothesis import given

from sayso.console.messages import printable
from sayso.documents.documents import Document
from sayso.documents.lines import Line
from sayso.engine.report import Report, ReportWarning, Sentence
from sayso.labels import LABELS
from sayso.reports.terminal import PrettyWriter, marked
from tests.reports.sample_reports import marked_sentences, report, sentence

HEDGING, ATTRIBUTION, FRAMING = LABELS

ARTICLE = (
    "Dam closed\n\nOfficials said the dam could fail. The road is shut.\r\n\r\n"
    "Ms Reyes called it “a chilling day”."
)
REPORT = report(
    sentence("Dam closed", 0),
    sentence(
        "Officials said the dam could fail.",
        12,
        1,
        marks={ATTRIBUTION: ["Officials"], HEDGING: ["could"]},
        kind="unnamed",
    ),
    sentence("The road is shut.", 47, 2),
    sentence(
        "Ms Reyes called it “a chilling day”.", 68, 3, marks={FRAMING: ["chilling"]}, quoted=True
    ),
    warnings=(
        ReportWarning("long_sentence", "the sentence has 9,000 characters", sentence=3),
        ReportWarning("control_characters", "the text holds NULs"),
    ),
)


def printed(text: str = ARTICLE, of: Report = REPORT, *, several: bool = False) -> str:
    stream = io.StringIO()
    writer = PrettyWriter(stream, several=several)
    writer.document(Document("dam.txt", text), of)
    writer.close()
    return stream.getvalue()


def test_the_handmade_report_is_exact() -> None:
    for one in REPORT.sentences:
        assert ARTICLE[one.start : one.end] == one.text


def test_without_colour_marks_are_readable_text() -> None:
    out = printed()
    assert "\x1b" not in out
    assert out.startswith("[…]ᴴ hedging  […]ᴬ unverified attribution  […]ᴸ loaded framing")
    assert "[Officials]ᴬ said the dam [could]ᴴ fail.² The road is shut.\n" in out
    assert "    ² hedging 0.91 · unverified attribution 0.91, unnamed\n" in out
    assert "called it “a [chilling]ᴸ day”.⁴\n    ⁴ loaded framing 0.91, quoted\n" in out


def test_paragraphs_are_kept() -> None:
    lines = printed().splitlines()
    assert lines[2:5] == [
        "Dam closed",
        "",
        "[Officials]ᴬ said the dam [could]ᴴ fail.² The road is shut.",
    ]
    assert lines[6] == ""


def test_paragraphs_without_blank_lines_are_set_apart() -> None:
    text = "One.\nTwo."
    out = printed(text, report(sentence("One.", 0), sentence("Two.", 5, 1)))
    assert "One.\n\nTwo.\n" in out


def test_a_list_within_an_article_stays_together() -> None:
    text = "One.\n\nTwo.\nThree."
    sentences = [sentence("One."), sentence("Two.", 6, 1), sentence("Three.", 11, 2)]
    assert "One.\n\nTwo.\nThree.\n" in printed(text, report(*sentences))


def test_the_summary_has_the_figures() -> None:
    out = printed()
    assert re.search(r"4 sentences, 19 words +flagged +share", out)
    assert re.search(r"hedging +1 +25% +52\.6", out)
    assert "by kind  unnamed 1" in out
    assert "Most marked\n  ² Officials said the dam could fail.\n" in out
    assert "Warning: sentence 4: the sentence has 9,000 characters" in out
    assert "Warning: the text holds NULs" in out
    assert "handmade-1+00000000; flagged from hedging 0.50" in out


def test_several_documents_have_titles_and_totals() -> None:
    stream = io.StringIO()
    writer = PrettyWriter(stream, several=True)
    for name in ("one.txt", "two\x1b.txt"):
        writer.document(Document(name, ARTICLE), REPORT)
    writer.close()
    out = stream.getvalue()
    assert re.search("─ one.txt ─", out)
    assert re.search("─ two␛.txt ─", out)
    assert re.search("─ all 2 documents ─", out)
    assert re.search(r"8 sentences, 38 words +flagged +share", out)
    assert len(re.findall(r"hedging +2 +25% +52\.6", out)) == 1


def test_lines_are_numbered_on_from_chunk_to_chunk() -> None:
    stream = io.StringIO()
    writer = PrettyWriter(stream, several=False)
    could = sentence("It could.", 0, 1, marks={HEDGING: ["could"]})
    for first in (1, 3):
        lines = [Line(first, "So."), Line(first + 1, "It could.")]
        writer.lines("a.txt", lines, report(sentence("So."), could))
    writer.close()
    out = stream.getvalue()
    assert "It [could]ᴴ.²\n    ² hedging 0.91\nSo.\nIt [could]ᴴ.⁴\n" in out
    assert "4 sentences, 6 words" in out
    assert "  ² It could.\n  ⁴ It could.\n" in out


@pytest.mark.parametrize("width", [40, 80, 107, 108, 400])
def test_lines_fit_the_terminal_and_never_exceed_132_columns(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    long = "Officials said " + "that the dam could fail and " * 40 + "no more."
    one = sentence(long, marks={ATTRIBUTION: ["Officials"], HEDGING: ["could"]}, kind="unnamed")
    lines = printed(long, report(one)).splitlines()
    assert max(map(len, lines)) <= min(width, 132)
    assert width < 80 or not any(line.endswith(" ") for line in lines)
    assert " ".join(lines).count("dam") >= 40


def test_notes_are_in_the_margin_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert re.search(r"fail\.² The road is shut\. +² hedging 0\.91\n", printed())


def test_colour_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    out = printed()
    assert "[could]" not in out
    assert "\x1b[4;30;48;2;108;184;245mcould\x1b[0m" in out  # underlined
    assert "\x1b[1;30;48;2;240;178;62mOfficials\x1b[0m" in out  # bold
    assert "\x1b[30;48;2;255;127;176mchilling\x1b[0m" in out  # neither


def test_no_color_means_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "[could]ᴴ" in printed()


def test_nothing_in_the_text_steers_the_terminal() -> None:
    text = "It \x1b[31mcould\x07 \x9b2J\u202eend [bold]not markup[/bold] :smile:."
    out = printed(text, report(sentence(text, marks={HEDGING: ["could"]})))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert "It ␛[31m[could]ᴴ␇ �2J�end [bold]not markup[/bold] :smile:.¹" in out


def test_overlapping_evidence_is_cut() -> None:
    text = "Officials believe it may."
    one = sentence(text, marks={ATTRIBUTION: ["Officials believe"], HEDGING: ["believe it may"]})
    assert marked(one, colour=False).plain == "[Officials]ᴬ [believe]ᴴᴬ [it may]ᴴ.¹"


@given(marked_sentences(min_size=1))
def test_marks_never_change_the_text(one: Sentence) -> None:
    text = one.text
    assert marked(one, colour=True).plain == printable(text)
    plain = marked(one, colour=False).plain
    kept = plain if "[" in text or "]" in text else re.sub(r"\[|\][ᴴᴬᴸ]+", "", plain)
    assert len(printable(text)) == len(text)
    assert kept == printable(text) or "[" in text or "]" in text
