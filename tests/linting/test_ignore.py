import pytest

from sayso.engine.report import Report
from sayso.linting.ignore import Ignored
from tests.reports.sample_reports import report, sentence

TEXT = "Officials said it could, and may, fail."
ONE = sentence(
    TEXT,
    start=10,
    marks={"unverified_attribution": ["Officials said"], "hedging": ["could", "may"]},
    kind="unnamed",
)


def without(*phrases: str) -> Report:
    return Ignored(phrases).without(report(ONE))


def test_nothing_is_ignored_by_default() -> None:
    assert without() == report(ONE)


def test_a_phrase_drops_the_marks_it_overlaps_and_no_others() -> None:
    kept = without("COULD")
    (one,) = kept.sentences
    assert one.flags == ("hedging", "unverified_attribution")
    assert [TEXT[found.start - 10 : found.end - 10] for found in one.evidence] == [
        "Officials said",
        "may",
    ]
    halved = report(ONE).summary.densities["hedging"] / 2
    assert kept.summary.densities["hedging"] == pytest.approx(halved, abs=0.01)


def test_a_label_whose_marks_are_all_ignored_is_no_flag() -> None:
    (one,) = without("officials   said", "it could, and may").sentences
    assert (one.flags, one.evidence, one.kind) == ((), (), None)
    assert one.scores == ONE.scores


def test_a_part_of_a_word_is_no_phrase() -> None:
    assert without("coul", "ma") == report(ONE)


def test_a_sentence_is_ignored_by_its_hash() -> None:
    ignored = Ignored(sentences=frozenset({ONE.fingerprint}))
    assert ignored.has(ONE)
    kept = ignored.without(report(ONE, sentence("It may.", 60, 1, marks={"hedging": ["may"]})))
    assert [one.flags for one in kept.sentences] == [(), ("hedging",)]
    assert kept.summary.flagged["hedging"] == 1


@pytest.mark.parametrize("phrase", ["(may)", "a.b", "*"])
def test_phrases_are_words_not_patterns(phrase: str) -> None:
    assert without(phrase) == report(ONE)
