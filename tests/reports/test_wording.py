import subprocess
import sys
from dataclasses import replace

from hypothesis import given

from sayso.engine.report import Sentence
from sayso.labels import LABELS
from sayso.reports.wording import details, figure_rows, kind_counts, segments, size
from tests.reports.sample_reports import marked_sentences, report, sentence

HEDGING, ATTRIBUTION, FRAMING = LABELS
ONE = sentence(
    "Officials said it could fail.",
    marks={ATTRIBUTION: ["Officials said"], HEDGING: ["could"]},
    kind="second_hand",
)


def test_a_flag_in_words() -> None:
    assert details(ONE, HEDGING) == "hedging 0.91"
    assert details(ONE, ATTRIBUTION) == "unverified attribution 0.91, second hand"
    quoted = replace(ONE, evidence=tuple(replace(found, quoted=True) for found in ONE.evidence))
    assert details(quoted, ATTRIBUTION) == "unverified attribution 0.91, second hand, quoted"


def test_quoted_means_all_of_the_evidence() -> None:
    marked = sentence("It may or could.", marks={HEDGING: ["may", "could"]})
    first, second = marked.evidence
    assert details(replace(marked, evidence=(first, replace(second, quoted=True))), HEDGING) == (
        "hedging 0.91"
    )


def test_figures_are_formatted_once() -> None:
    summary = report(ONE, sentence("So it is.", 30, 1)).summary
    assert size(summary) == "2 sentences, 8 words"
    assert figure_rows(summary) == [
        (HEDGING, "1", "50%", "125.0"),
        (ATTRIBUTION, "1", "50%", "125.0"),
        (FRAMING, "0", "0%", "0.0"),
    ]
    assert kind_counts({"no_source": 1200, "unnamed": 1}) == "no source 1,200 · unnamed 1"


@given(marked_sentences())
def test_segments_are_the_whole_sentence_and_never_overlap(one: Sentence) -> None:
    text, offset = one.text, one.start
    found = list(segments(one))
    assert "".join(words for words, _ in found) == text
    for words, covering in found:
        assert words
        assert not covering or words == words.strip()
    marked = {mark for _, covering in found for mark in covering}
    assert marked == {
        mark for mark in one.evidence if text[mark.start - offset : mark.end - offset].strip()
    }


def test_wording_needs_no_terminal_library() -> None:
    check = "import sys, sayso.reports.wording; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
