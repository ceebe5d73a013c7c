import pytest

from sayso.engine.report import Sentence
from sayso.errors import InputError
from sayso.labels import LABELS
from sayso.linting.rules import densities, fail_rules
from tests.reports.sample_reports import sentence

THRESHOLDS = dict.fromkeys(LABELS, 0.5)
MARKED = sentence(
    "Officials said it could.",
    marks={"unverified_attribution": ["Officials"], "hedging": ["could"]},
    kind="unnamed",
)  # scores are 0.91 where marked, 0.02 elsewhere


def matches(text: str, one: Sentence = MARKED) -> bool:
    (rule,) = fail_rules([text], "--fail-on")
    return rule.matches(one, THRESHOLDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hedging", True),
        ("loaded_framing", False),
        ("hedging>0.9", True),
        ("hedging > 0.91", False),
        (" hedging>=0.91 ", True),
        ("loaded_framing>0.01", True),  # less than the threshold may be asked for
        ("unverified_attribution:unnamed", True),
        ("unverified_attribution:no_source", False),
        ("unverified_attribution : unnamed >= .9", True),
        ("unverified_attribution:unnamed>0.95", False),
    ],
)
def test_a_rule_matches_labels_kinds_and_scores(text: str, expected: bool) -> None:
    assert matches(text) is expected


def test_an_ignored_mark_breaks_no_rule() -> None:
    ignored = sentence("It could.", marks={"hedging": ["could"]})
    quiet = type(ignored)(ignored.index, 0, 9, ignored.text, ignored.scores)
    assert matches("hedging>0.5", ignored)
    assert not matches("hedging>0.5", quiet)
    assert not matches("hedging", quiet)


def test_a_sentence_without_words_breaks_no_rule() -> None:
    empty = type(MARKED)(0, 0, 3, "---", None)
    assert not matches("hedging>0", empty)


def test_several_rules_at_once() -> None:
    rules = fail_rules(["hedging>0.5, loaded_framing", "hedging"], "--fail-on")
    assert [rule.text for rule in rules] == ["hedging>0.5", "loaded_framing", "hedging"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hedgin>0.5", "unknown label 'hedgin'; did you mean hedging?"),
        ("hedging<0.5", "expected LABEL, LABEL>SCORE or LABEL:KIND>=SCORE"),
        ("hedging>", "expected LABEL"),
        ("> 0.5", "expected LABEL"),
        ("hedging>high", "invalid score 'high'; expected a number from 0 to 1"),
        ("hedging>nan", "expected a number from 0 to 1"),
        ("hedging>80", "expected a number from 0 to 1"),
        ("hedging:unnamed", "only unverified_attribution has kinds"),
        ("unverified_attribution:anon", "unknown kind 'anon'"),
    ],
)
def test_an_invalid_rule_is_explained(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match="--fail-on") as caught:
        fail_rules([text], "--fail-on")
    assert complaint in str(caught.value)


def test_densities() -> None:
    assert densities(["hedging=20, loaded_framing = 0"], "--max-density") == {
        "hedging": 20.0,
        "loaded_framing": 0.0,
    }


@pytest.mark.parametrize("text", ["hedging", "hedging=", "hedging=-1", "hedging=x", "hedgin=3"])
def test_an_invalid_density_is_explained(text: str) -> None:
    with pytest.raises(InputError, match="--max-density"):
        densities([text], "--max-density")
