"""LanguageTool's clients are understood, and get offsets in their own text."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sayso.engine.offsets import Utf16Offsets
from sayso.engine.report import Evidence, Report, ReportWarning, Sentence, summarize
from sayso.engine.scorer import Scorer
from sayso.errors import InputError
from sayso.labels import LABELS
from sayso.server.compat.languagetool import answer, read_input, rule_of, wanted_rules
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import Limits
from tests.server.common import KEY, LINE, asking, refused

ALL = frozenset(map(rule_of, LABELS))
HEDGING, LOADED = rule_of("hedging"), rule_of("loaded_framing")
TEXT = "🌊 Officials said the dam might fail. It could be a catastrophe, they claimed."


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


def report(text: str, *evidence: Evidence, kind: str | None = None, **warning: str) -> Report:
    flags = tuple(found.label for found in evidence)
    sentences = (
        Sentence(0, 0, len(text), text, dict.fromkeys(LABELS, 0.9), flags, evidence, kind),
    )
    return Report(
        model="fake",
        offset_unit="codepoint",
        thresholds={},
        sentences=sentences,
        summary=summarize(sentences, list(LABELS)),
        warnings=tuple(ReportWarning(code, "x") for code in warning.values()),
    )


def test_a_match_counts_utf16_units_of_the_whole() -> None:
    read = read_input(None, json.dumps({"annotation": [{"markup": "<🌊>"}, {"text": "It may."}]}))
    found = answer(report(read.text, Evidence("hedging", 3, 6, 0.9, False)), read, ALL, "en-GB")
    (match,) = found["matches"]
    assert (match["offset"], match["length"]) == (7, 3)
    units = match["context"]["text"].encode("utf-16-le")
    start = 2 * match["context"]["offset"]
    assert units[start : start + 2 * match["context"]["length"]].decode("utf-16-le") == "may"
    assert match["rule"]["id"] == HEDGING
    assert match["replacements"] == []
    assert found["sentenceRanges"] == [[4, 11]]
    assert found["language"]["code"] == "en-GB"


def test_a_rule_that_is_not_wanted_gives_no_match() -> None:
    read = read_input("It may.", None)
    of_hedging = report("It may.", Evidence("hedging", 3, 6, 0.9, False))
    assert answer(of_hedging, read, ALL - {HEDGING}, "en")["matches"] == []


def test_an_unverified_attribution_names_its_kind() -> None:
    label = "unverified_attribution"
    said = report("They say so.", Evidence(label, 0, 8, 0.9, False), kind="unnamed")
    (match,) = answer(said, read_input("They say so.", None), ALL, "en")["matches"]
    assert match["rule"]["subId"] == "unnamed"
    assert "people without names" in match["message"]


def test_another_language_is_reported() -> None:
    read = read_input("It may.", None)
    assert answer(report("It may.", one="not_english"), read, ALL, "x")["software"]["status"]
    assert not answer(report("It may."), read, ALL, "x")["software"]["status"]


@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        (("", "", "", "", False), ALL),
        (("", HEDGING, "", "", False), ALL - {HEDGING}),
        (("", f" {HEDGING} , {LOADED}", "", "", False), ALL - {HEDGING, LOADED}),
        (("", "", "", "SAYSO", False), frozenset()),
        ((HEDGING, "", "", "SAYSO", False), {HEDGING}),
        ((HEDGING, "", "", "", True), {HEDGING}),
        (("", "", "", "", True), frozenset()),
        (("", "", "SAYSO", "", True), ALL),
        ((f"{HEDGING},{LOADED}", HEDGING, "", "", True), {LOADED}),
        (("CANARY", "CANARY", "", "", False), ALL),
    ],
)
def test_the_four_lists_leave_rules(
    lists: tuple[str, str, str, str, bool], wanted: frozenset[str]
) -> None:
    assert wanted_rules(*lists) == wanted


def test_a_disabled_category_leaves_no_rule_even_if_only_enabled_are_wanted() -> None:
    assert wanted_rules("", "", "SAYSO", "SAYSO", True) == frozenset()


@pytest.mark.parametrize(
    ("text", "data", "field"),
    [
        (None, None, "text"),
        ("a", "{}", "text"),
        (None, "canary", "data"),
        (None, "[" * 9**6, "data"),
    ],
)
def test_a_form_without_one_text_is_refused(text: str | None, data: str | None, field: str) -> None:
    with pytest.raises(InputError) as found:
        read_input(text, data)
    assert found.value.field == field
    assert "canary" not in str(found.value)


def test_the_matches_of_a_text_are_the_engines(client: TestClient, scorer: Scorer) -> None:
    got = client.post("/v2/check", data={"text": TEXT, "language": "auto"})
    assert got.status_code == 200
    own, offsets = scorer.score(TEXT), Utf16Offsets(TEXT)
    spans = [
        (rule_of(one.label), offsets(one.start), offsets(one.end))
        for sentence in own.sentences
        for one in sentence.evidence
    ]
    assert spans
    assert [
        (one["rule"]["id"], one["offset"], one["offset"] + one["length"])
        for one in got.json()["matches"]
    ] == spans
    assert got.json() == answer(own, read_input(TEXT, None), ALL, "auto")


def test_a_match_is_found_in_the_clients_own_units(client: TestClient) -> None:
    matches: list[dict[str, Any]] = client.post(
        "/v2/check", data={"text": TEXT, "language": "en"}
    ).json()["matches"]
    units = TEXT.encode("utf-16-le")
    marked = [
        units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        for one in matches
    ]
    assert any("might" in one for one in marked)
    for one, mark in zip(matches, marked, strict=True):
        context = one["context"]["text"].encode("utf-16-le")
        start = 2 * one["context"]["offset"]
        shown = context[start : start + 2 * one["context"]["length"]]
        assert shown.decode("utf-16-le") == mark


def test_markup_is_not_read_and_counts(client: TestClient) -> None:
    parts = [{"markup": "<p>🌊"}, {"text": "It "}, {"markup": "<b>"}, {"text": "might be so."}]
    data = json.dumps({"annotation": parts})
    matches = client.post("/v2/check", data={"data": data, "language": "en"}).json()["matches"]
    assert [(one["offset"], one["length"]) for one in matches] == [(11, 5)]


def test_no_match_lies_outside_of_the_sent_text(client: TestClient) -> None:
    said = "It might possibly be so, officials said."
    parts = [{"text": "So. "}, {"markup": "", "interpretAs": said}]
    data = json.dumps({"annotation": parts})
    got = client.post("/v2/check", data={"data": data, "language": "en"}).json()
    assert all(one["offset"] + one["length"] <= len("So. ") for one in got["matches"])
    assert all(end <= len("So. ") for _, end in got["sentenceRanges"])


def test_rules_may_be_switched_off(client: TestClient) -> None:
    form = {"text": TEXT, "language": "en"}
    every = client.post("/v2/check", data=form).json()["matches"]
    some = client.post("/v2/check", data={**form, "disabledRules": HEDGING}).json()["matches"]
    assert HEDGING in {one["rule"]["id"] for one in every}
    assert some == [one for one in every if one["rule"]["id"] != HEDGING]
    only = {**form, "enabledRules": HEDGING, "enabledOnly": "true"}
    left = client.post("/v2/check", data=only).json()["matches"]
    assert left == [one for one in every if one["rule"]["id"] == HEDGING]


@pytest.mark.parametrize(
    ("language", "code"),
    [("auto", "en-US"), ("en", "en"), ("en-GB", "en-GB"), ("en-us", "en-US"), ("EN", "en-US")],
)
def test_a_kind_of_english_is_taken(client: TestClient, language: str, code: str) -> None:
    got = client.post("/v2/check", data={"text": "It is Monday.", "language": language})
    assert got.status_code == 200
    assert got.json()["language"]["code"] == code


@pytest.mark.parametrize("text", ["", " ", "\n", "🌊"])
def test_a_text_without_words_has_no_match(client: TestClient, text: str) -> None:
    got = client.post("/v2/check", data={"text": text, "language": "en"})
    assert got.status_code == 200
    assert got.json()["matches"] == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"language": "en"}, "text"),
        ({"text": "canary"}, "language"),
        ({"text": "canary", "language": "de"}, "language"),
        ({"data": "canary", "language": "en"}, "data"),
        ({"data": "{}", "text": "canary", "language": "en"}, "text"),
        ({"text": "a", "language": "en", "enabledOnly": "canary"}, "enabledOnly"),
    ],
)
def test_a_wrong_form_is_422(client: TestClient, form: dict[str, str], field: str) -> None:
    got = client.post("/v2/check", data=form)
    assert refused(got, 422, "invalid_request").error.field == field
    assert "canary" not in got.text


def test_a_form_that_cannot_be_read_is_not_called_json(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data"}
    got = client.post("/v2/check", content=b"canary", headers=headers)
    assert got.status_code == 400
    assert "JSON" not in got.json()["error"]["message"]


def test_a_long_text_is_refused_with_the_limit(model: ReloadableModel) -> None:
    with asking(model, Limits(text_characters=10)) as client:
        form = {"text": "x" * 11, "language": "en"}
        over = refused(client.post("/v2/check", data=form), 413, "text_too_long")
        assert (over.error.field, over.error.limit) == ("text", 10)
        markup = json.dumps({"annotation": [{"markup": "x" * 99}, {"text": "x" * 10}]})
        got = client.post("/v2/check", data={"data": markup, "language": "en"})
        assert got.status_code == 200


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({}, {}, 401),
        ({"apiKey": "canary"}, {}, 401),
        ({"apiKey": KEY}, {}, 200),
        ({}, {"x-api-key": KEY}, 200),
        ({"apiKey": "canary"}, {"x-api-key": KEY}, 200),
        ({"apiKey": KEY}, {"x-api-key": "canary"}, 401),
    ],
)
def test_the_form_may_hold_the_key(
    model: ReloadableModel, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    form = {"text": "It may be.", "language": "en", **form}
    with asking(model, keys=[LINE]) as closed:
        got = closed.post("/v2/check", data=form, headers=headers)
    assert got.status_code == status
    assert "canary" not in got.text


@pytest.mark.parametrize("headers", [{}, {"x-api-key": KEY}])
def test_a_check_counts_once_for_its_key(model: ReloadableModel, headers: dict[str, str]) -> None:
    form = {"text": "It may be.", "language": "en", **({} if headers else {"apiKey": KEY})}
    with asking(model, keys=[LINE], key_rate="2/hour") as closed:
        got = [closed.post("/v2/check", data=form, headers=headers) for _ in range(3)]
    assert [one.status_code for one in got] == [200, 200, 429]
    assert int(got[2].headers["retry-after"]) >= 1


def test_languages_are_kinds_of_english(client: TestClient) -> None:
    listed = client.get("/v2/languages").json()
    assert {one["code"] for one in listed} == {"en"}
    assert "en-US" in {one["longCode"] for one in listed}
