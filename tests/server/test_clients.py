"""Clients that were written for other programs ask the real server."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from language_tool_python import LanguageTool
from language_tool_python.match import Match

from sayso.engine.scorer import Scorer
from sayso.labels import LABELS
from sayso.server.compat.languagetool import rule_of
from tests.server.live import Server

TEXT = (
    "Officials said on Tuesday that the harbour wall might fail.\r\n\r\nThe shameless mayor has "
    "plunged the town into utter chaos. It is believed that nobody will come."
)
EMOJI = f"🌊👩‍👩‍👧 {TEXT}"
RULES = {rule_of(label) for label in LABELS}
HEDGING = rule_of("hedging")


@pytest.fixture
def tool(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[LanguageTool]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with LanguageTool("en-US", remote_server=server.url) as tool:
        yield tool


def marked(text: str, matches: list[Match]) -> Counter[tuple[str, str]]:
    """The rules and the words at the offsets that the client made of the answer."""
    return Counter(
        (one.rule_id, text[one.offset : one.offset + one.error_length]) for one in matches
    )


def own(scorer: Scorer, text: str) -> Counter[tuple[str, str]]:
    return Counter(
        (rule_of(found.label), text[found.start : found.end])
        for sentence in scorer.score(text).sentences
        for found in sentence.evidence
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [TEXT, EMOJI, f"{TEXT}\n🌊 {TEXT}"], ids=["plain", "emoji", "both"]
)
def test_language_tool_python_finds_the_words(
    tool: LanguageTool, scorer: Scorer, text: str
) -> None:
    found = marked(text, tool.check(text))
    assert found == own(scorer, text)
    assert {rule for rule, _ in found} == RULES
    assert any(rule == HEDGING and "might" in words for rule, words in found)
    assert any("Officials" in words for _, words in found)


@pytest.mark.slow
def test_language_tool_python_switches_rules_off(tool: LanguageTool, scorer: Scorer) -> None:
    every = own(scorer, TEXT)
    tool.disabled_rules = {HEDGING, "UPPERCASE_SENTENCE_START"}
    left = Counter({key: count for key, count in every.items() if key[0] != HEDGING})
    assert marked(TEXT, tool.check(TEXT)) == left
    tool.disabled_rules = set()
    tool.enabled_rules, tool.enabled_rules_only = {HEDGING}, True
    assert marked(TEXT, tool.check(TEXT)) == every - left
    tool.enabled_rules, tool.enabled_rules_only = set(), False
    tool.disable_spellchecking()
    assert marked(TEXT, tool.check(TEXT)) == every
    tool.disabled_categories = {"SAYSO"}
    assert not tool.check(TEXT)


@pytest.mark.slow
def test_language_tool_python_works_with_every_option(tool: LanguageTool, scorer: Scorer) -> None:
    tool.mother_tongue, tool.picky, tool.preferred_variants = "en-GB", True, {"en-GB"}
    for language in ("en", "en-GB", "auto"):
        tool.language = language
        assert marked(TEXT, tool.check(TEXT)) == own(scorer, TEXT)
    with pytest.raises(ValueError, match="unsupported language"):
        tool.language = "de"


@pytest.mark.slow
def test_language_tool_python_changes_no_text(tool: LanguageTool) -> None:
    for text in ("", " ", "It is Monday."):
        assert tool.check(text) == []
    assert tool.correct(TEXT) == TEXT
    (match, *_) = tool.check(TEXT)
    assert match.category == "SAYSO"
    assert match.rule_issue_type == "style"
    assert match.replacements == []
    assert match.matched_text == TEXT[match.offset : match.offset + match.error_length]
    assert match.sentence == "Officials said on Tuesday that the harbour wall might fail."


@pytest.mark.slow
def test_an_editors_annotated_text_is_understood(server: Server) -> None:
    parts = [{"markup": "<p>"}, {"text": "🌊 It might "}, {"markup": "<br/>", "interpretAs": "\n"}]
    parts += [{"text": "possibly rain."}, {"markup": "</p>"}]
    form = {"data": json.dumps({"annotation": parts}), "language": "auto", "level": "picky"}
    form |= {"enabledOnly": "false", "preferredVariants": "en-US,de-DE", "motherTongue": "fr"}
    form |= {"textSessionId": "1:2", "enableHiddenRules": "true", "useragent": "editor"}
    answer = server.client.post("/v2/check", data=form)
    assert answer.status_code == 200
    whole = "".join(part.get("text", part.get("markup", "")) for part in parts)
    units = whole.encode("utf-16-le")
    words = [
        units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        for one in answer.json()["matches"]
    ]
    assert any("might" in one for one in words)
    plain = {"data": json.dumps({"text": TEXT}), "language": "en-US"}
    asked = {"text": TEXT, "language": "en-US"}
    assert server.client.post("/v2/check", data=plain).json()["matches"]
    assert (
        server.client.post("/v2/check", data=plain).json()
        == server.client.post("/v2/check", data=asked).json()
    )


def analyze(server: Server, body: dict[str, Any]) -> httpx.Response:
    """Ask as Google's client for Python does: with these headers, and these parts of the query."""
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "user-agent": "(gzip)",
        "x-goog-api-client": "gdcl/2.150.0 gl-python/3.11.7",
        "content-type": "application/json",
    }
    return server.client.post(
        "/v1alpha1/comments:analyze?key=abc_-123&alt=json",
        content=json.dumps(body),
        headers=headers,
    )


@pytest.mark.slow
def test_perspectives_clients_are_understood(server: Server, scorer: Scorer) -> None:
    body = {
        "comment": {"text": EMOJI, "type": "PLAIN_TEXT"},
        "requestedAttributes": {
            "HEDGING": {},
            "LOADED_FRAMING": {"scoreType": "PROBABILITY", "scoreThreshold": 0},
            "UNVERIFIED_ATTRIBUTION": {},
        },
        "languages": ["en"],
        "spanAnnotations": True,
        "doNotStore": True,
        "clientToken": "token",
        "sessionId": "session",
        "communityId": "community",
        "context": {"entries": [{"text": "Before it.", "type": "PLAIN_TEXT"}]},
    }
    answer = analyze(server, body)
    assert answer.status_code == 200
    found = answer.json()
    assert found["languages"] == ["en"]
    assert found["clientToken"] == "token"
    report = scorer.score(EMOJI)
    for label in LABELS:
        scores = [one.scores[label] for one in report.sentences if one.scores]
        attribute = found["attributeScores"][label.upper()]
        assert attribute["summaryScore"] == {"value": max(scores), "type": "PROBABILITY"}
        spans = attribute["spanScores"]
        assert [one["score"] for one in spans] == [
            {"value": score, "type": "PROBABILITY"} for score in scores
        ]
        units = EMOJI.encode("utf-16-le")
        assert [units[2 * one["begin"] : 2 * one["end"]].decode("utf-16-le") for one in spans] == [
            one.text for one in report.sentences
        ]


@pytest.mark.slow
def test_perspectives_smallest_request_is_enough(server: Server) -> None:
    answer = analyze(server, {"comment": {"text": TEXT}, "requestedAttributes": {"HEDGING": {}}})
    assert answer.status_code == 200
    assert answer.json()["attributeScores"].keys() == {"HEDGING"}
    assert "spanScores" not in answer.json()["attributeScores"]["HEDGING"]


@pytest.mark.slow
def test_perspectives_clients_can_read_the_error(server: Server) -> None:
    answer = analyze(server, {"comment": {"text": TEXT}, "requestedAttributes": {"TOXICITY": {}}})
    assert answer.status_code == 422
    # Where Google's client for Python looks for the reason that it raises.
    assert "HEDGING" in answer.json()["error"]["message"]
