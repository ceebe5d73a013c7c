import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.comparison.alignment import Pair, align
from sayso.comparison.comparison import Comparison, Side
from sayso.comparison.html import write_comparison
from sayso.labels import LABELS
from tests.reports.sample_reports import report, sentence

HEDGING, ATTRIBUTION, FRAMING = LABELS
BRIDGE = "The bridge may stay shut until the end of the month."
COUNCIL = "The council has failed to explain those five days."
BUSES = "Buses were sent round by the northern tunnel."
INSIDERS = "Insiders believe that the old ferry could be sold."


def places(pairs: list[Pair]) -> list[tuple]:
    return [(pair.before, pair.after, pair.moved) for pair in pairs]


def test_a_changed_sentence_is_found_again():
    after = [BRIDGE.replace("may", "will"), BUSES]
    assert places(align([BRIDGE, BUSES], after)) == [(0, 0, False), (1, 1, False)]


def test_what_was_added_and_taken_out():
    pairs = align([BRIDGE, COUNCIL, BUSES], [BRIDGE, INSIDERS, BUSES])
    assert places(pairs) == [(0, 0, False), (1, None, False), (None, 1, False), (2, 2, False)]


def test_what_moved_is_one_sentence():
    before = [COUNCIL, BRIDGE, BUSES, INSIDERS]
    pairs = align(before, [BRIDGE, BUSES, INSIDERS, COUNCIL.replace("five", "nine")])
    assert (0, 3, True) in places(pairs)
    assert len(pairs) == 4


def test_quotation_marks_and_spaces_are_no_change():
    (pair,) = align(['"It is over," he said.'], ["“It  is over,” he said."])
    assert pair == Pair(0, 0, 1.0)


WORDS = st.sampled_from(["a", "b", "c", "d e f g", "d e f h", "x y", "y x", ""])


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_each_sentence_is_in_one_pair_and_the_second_text_in_its_order(before, after):
    pairs = align(before, after)
    assert sorted(pair.before for pair in pairs if pair.before is not None) == list(
        range(len(before))
    )
    assert [pair.after for pair in pairs if pair.after is not None] == list(range(len(after)))
    assert all(0 <= pair.likeness <= 1 for pair in pairs)


def compared(before, after) -> Comparison:
    return Comparison(Side("a.txt", report(*before)), Side("b.txt", report(*after)))


OLD = [
    sentence(BRIDGE, 0, 0, marks={HEDGING: ["may"]}),
    sentence(COUNCIL, 60, 1, marks={FRAMING: ["failed"]}),
    sentence(BUSES, 120, 2),
]
NEW = [
    sentence(BRIDGE.replace("may", "will"), 0, 0),
    sentence(COUNCIL, 60, 1, marks={FRAMING: ["failed", "those five"]}),
    sentence(BUSES, 120, 2),
    sentence(INSIDERS, 180, 3, marks={ATTRIBUTION: ["Insiders"], HEDGING: ["could"]}),
]


def test_what_got_stronger_and_weaker():
    comparison = compared(OLD, NEW)
    assert comparison.versions
    stronger = [
        (row.after.index, change.label, change.before, change.after)
        for row in comparison.changed("stronger")
        for change in row.changes
    ]
    assert stronger == [
        (1, FRAMING, 0.91, 0.91),  # more marks
        (3, HEDGING, None, 0.91),
        (3, ATTRIBUTION, None, 0.91),
    ]
    (row,) = comparison.changed("weaker")
    assert [(one.label, one.before, one.after) for one in row.changes] == [(HEDGING, 0.91, 0.02)]
    assert comparison.flagged(HEDGING) == (1, 1)


def test_the_same_text_has_no_changes():
    comparison = compared(OLD, OLD)
    assert not any(row.changes for row in comparison.rows)


def test_two_articles_are_no_versions():
    assert not compared(OLD, [sentence("Rain fell on the hills.", 0, 0)]).versions
    assert not compared(OLD, []).changed("stronger")


def test_the_page_shows_both_texts_as_text():
    nasty = sentence("<script>alert(1)</script> may be.", 0, 0, marks={HEDGING: ["may"]})
    stream = io.StringIO()
    write_comparison(compared([nasty], [nasty]), stream)
    page = stream.getvalue()
    assert "<script" not in page
    assert '<mark class="hedging" title="hedging">may</mark>' in page


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(f"# Bridge\n\n{BRIDGE} {COUNCIL}\n\n{BUSES}\n")
    Path("b.txt").write_text(f"Bridge\n\n{BRIDGE.replace('may', 'will')} {COUNCIL}\n\n{BUSES}\n")
    return "a.md", "b.txt"


def test_pretty_shows_what_changed(run, versions):
    outcome = run("compare", *versions)
    assert (outcome.code, outcome.err) == (0, "")
    assert "\nWeaker\n\nhedging 0." in outcome.out
    assert "  − The bridge [may]ᴴ stay shut" in outcome.out
    assert "  + The bridge will stay shut" in outcome.out
    assert "Stronger" not in outcome.out


def test_json_holds_all_of_it(run, versions):
    outcome = run("compare", *versions, "--format", "json")
    record = json.loads(outcome.out)
    assert record["before"]["source"] == "a.md"
    assert record["versions"] is True
    assert record["labels"][HEDGING]["flagged"] == [1, 0]
    assert record["labels"][HEDGING]["difference"] < 0
    assert [row["before"] for row in record["rows"]] == [0, 1, 2, 3]
    assert record["rows"][1]["changes"][0]["direction"] == "weaker"


def test_a_file_is_of_the_form_that_its_name_tells(run, versions, tmp_path):
    outcome = run("compare", *versions, "--output", tmp_path / "c.html")
    assert (outcome.code, outcome.out) == (0, "")
    assert "a.md and b.txt" in (tmp_path / "c.html").read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-", "-"], "- is given twice"),
        (["a.md", "missing.txt"], "missing.txt: no such file"),
        (["a.md", "rows.jsonl"], "holds jsonl rows; expected one text"),
        (["a.md", "b.txt", "--output", "c.csv"], "nothing is written as .csv; known are .htm,"),
        (["a.md", "b.txt", "--threshold", "hedging"], "expected LABEL=NUMBER"),
    ],
)
def test_what_cannot_be_compared_is_2(run, versions, args, message):
    outcome = run("compare", *args)
    assert outcome.code == 2
    assert message in outcome.err
