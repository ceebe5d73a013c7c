from sayso.comparison.comparison import ComparedText, Comparison
from sayso.engine.report import Sentence
from sayso.labels import LABELS
from tests.reports.sample_reports import report, sentence

HEDGING, ATTRIBUTION, FRAMING = LABELS
BRIDGE = "The bridge may stay shut until the end of the month."
COUNCIL = "The council has failed to explain those five days."
BUSES = "Buses were sent round by the northern tunnel."
INSIDERS = "Insiders believe that the old ferry could be sold."


def compared(before: list[Sentence], after: list[Sentence]) -> Comparison:
    return Comparison(ComparedText("a.txt", report(*before)), ComparedText("b.txt", report(*after)))


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


def test_stronger_and_weaker_sentences_are_listed() -> None:
    comparison = compared(OLD, NEW)
    assert comparison.are_versions
    stronger = [
        (row.after.index, change.label, change.before, change.after)
        for row in comparison.changed("stronger")
        if row.after
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


def test_the_same_text_has_no_changes() -> None:
    comparison = compared(OLD, OLD)
    assert not any(row.changes for row in comparison.rows)


def test_two_articles_are_not_versions() -> None:
    assert not compared(OLD, [sentence("Rain fell on the hills.", 0, 0)]).are_versions
    assert not compared(OLD, []).changed("stronger")


def test_changes_and_rows_have_readable_descriptions() -> None:
    comparison = compared(OLD, [NEW[2], *NEW[:2], NEW[3]])
    assert [row.status for row in comparison.rows] == ["moved", "", "", "added"]
    (weaker,) = comparison.changed("weaker")
    assert [change.text for change in weaker.changes] == ["hedging 0.91 → 0.02"]
    added = [change.text for change in comparison.rows[-1].changes]
    assert added == ["hedging – → 0.91", "unverified attribution – → 0.91"]
    assert compared(OLD, OLD[:2]).rows[-1].status == "taken out"


def test_the_table_of_figures() -> None:
    hedging, attribution, framing = compared(OLD, NEW).figure_rows()
    assert hedging == (HEDGING, "1 → 1", "35.7 → 27.0", "−8.7", "weaker")
    assert (attribution.flagged, attribution.direction) == ("0 → 1", "stronger")
    assert framing.change == "+18.3"
    assert {row.change for row in compared(OLD, OLD).figure_rows()} == {"same"}
