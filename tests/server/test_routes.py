"""The routes of `/v1`: answers that are the engine's own, and what is no request."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from sayso.engine.report import OffsetUnit
from sayso.engine.scorer import Scorer
from sayso.labels import KIND_INFO, LABEL_INFO, LABELS
from sayso.server.answers import report_answer, to_json
from sayso.server.info import InfoAnswer
from sayso.server.reloadable import ReloadableModel
from sayso.server.schemas import ReportAnswer, ScoreOptions
from sayso.server.settings import Limits
from tests.server.common import (
    JSON,
    KEY,
    LINE,
    LONG,
    TEXT,
    asking,
    plain,
    refused,
)

SCORES = ["/v1/score", "/v1/score/stream"]


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        " ",
        "🌊🌊",
        "nul\x00 in it, they said",
        "قال مسؤولون إن السد قد ينهار. " * 3,
        "Officials said " + "x" * 5_000,
        "They said it might be so, " * 200,
        LONG,
    ],
    ids=["mixed", "blank", "emoji", "nul", "rtl", "one long word", "5,000 characters", "long"],
)
@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_answers_are_the_engines_own(
    client: TestClient, scorer: Scorer, text: str, unit: OffsetUnit
) -> None:
    answer = client.post("/v1/score", json={"text": text, "offset_unit": unit})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    own = scorer.score(text, offset_unit=unit)
    assert answer.content == to_json(report_answer(own, ScoreOptions()))
    assert answer.json() == plain(own)
    report = ReportAnswer.model_validate_json(answer.text)
    width = 2 if unit == "utf16" else 4
    encoded = text.encode(f"utf-{8 * width}-le")
    for sentence in report.sentences:
        found = encoded[sentence.start * width : sentence.end * width]
        assert found.decode(f"utf-{8 * width}-le") == sentence.text
        for evidence in sentence.evidence:
            assert sentence.start <= evidence.start < evidence.end <= sentence.end


@pytest.mark.parametrize("path", SCORES)
def test_an_answer_is_in_plain_utf8(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"text": TEXT})
    assert "catastrophe 🌊👩‍👩‍👧,” he".encode() in answer.content
    assert b": " not in answer.content


def test_sentences_are_scored_as_they_are(client: TestClient, scorer: Scorer) -> None:
    sentences = ["One. Two might be.", "", "Sources say three."]
    answer = client.post("/v1/score", json={"sentences": sentences})
    assert answer.content == to_json(
        report_answer(scorer.score_sentences(sentences), ScoreOptions())
    )
    assert [one["text"] for one in answer.json()["sentences"]] == sentences
    assert answer.json()["sentences"][1]["scores"] is None


def test_options_reach_the_engine(client: TestClient, scorer: Scorer) -> None:
    body = {"text": TEXT, "labels": ["hedging"], "thresholds": {"hedging": 0}}
    report = client.post("/v1/score", json=body).json()
    assert report == plain(scorer.score(TEXT, labels=["hedging"], thresholds={"hedging": 0}))
    assert report["thresholds"] == {"hedging": 0}
    assert all(one["flags"] == ["hedging"] for one in report["sentences"])


@pytest.mark.parametrize(("option", "field"), [("evidence", "evidence"), ("include_text", "text")])
@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch"])
def test_evidence_and_text_can_be_omitted(
    client: TestClient, scorer: Scorer, path: str, option: str, field: str
) -> None:
    whole = plain(scorer.score(TEXT))
    assert any(one["evidence"] for one in whole["sentences"])
    body: dict[str, Any] = (
        {"text": TEXT} if path == "/v1/score" else {"documents": [{"text": TEXT}]}
    )
    for wanted in (True, False):
        answer = client.post(path, json={**body, option: wanted}).json()
        report = answer if path == "/v1/score" else answer["results"][0]["report"]
        assert all((field in one) is wanted for one in report["sentences"])
        for one in whole["sentences"] if not wanted else ():
            del one[field]
        assert report == whole


@pytest.mark.parametrize("path", SCORES)
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"txt": "a"}, "txt"),
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": 5}, "text"),
        ({"text": "a", "sentences": ["b"]}, "text"),
        ({"text": "a", "labels": ["irony"]}, "labels.0"),
        ({"text": "a", "thresholds": {"hedging": 7}}, "thresholds.hedging"),
        ({"text": "a", "offset_unit": "byte"}, "offset_unit"),
        ({"text": "a", "evidence": 1}, "evidence"),
        ({"text": "a", "include_text": "yes"}, "include_text"),
        ({"text": "a", "id": "b"}, "id"),
        ([], ""),
        ("text", ""),
        (5, ""),
    ],
)
def test_wrong_requests(client: TestClient, path: str, body: object, field: str) -> None:
    answer = client.post(path, content=json.dumps(body), headers=JSON)
    assert refused(answer, 422, "invalid_request").error.field == field


@pytest.mark.parametrize("path", SCORES)
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (rb'{"text": "half \ud83d of a pair"}', "text"),
        (rb'{"sentences": ["whole", "\udc00"]}', "sentences.1"),
        (b'{"text": "a", "thresholds": {"hedging": NaN}}', "thresholds.hedging"),
        (b'{"text": "a", "thresholds": {"hedging": 1e999}}', "thresholds.hedging"),
        (b'{"text": "a", "thresholds": {"hedging": %s}}' % (b"9" * 400), "thresholds.hedging"),
    ],
)
def test_invalid_json_values_are_refused(
    client: TestClient, path: str, body: bytes, field: str
) -> None:
    answer = client.post(path, content=body, headers=JSON)
    assert refused(answer, 422, "invalid_request").error.field == field


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"text": "a",}',
        b'{"text": "caf\xe9"}',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"text":' * 50_000,
        b'{"text": "a", "thresholds": {"hedging": %s}}' % (b"9" * 5_000),
    ],
    ids=["empty", "cut", "comma", "latin-1", "bytes", "deep", "deep objects", "huge number"],
)
def test_invalid_json_is_refused(client: TestClient, body: bytes) -> None:
    for path in (*SCORES, "/v1/score/batch"):
        refused(client.post(path, content=body, headers=JSON), 400, "invalid_json")


@pytest.mark.parametrize("path", [*SCORES, "/v1/score/batch"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_only_json_is_taken(client: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = client.post(path, content=b'{"text": "a"}', headers=headers)
    refused(answer, 415, "unsupported_media_type")


def test_a_declared_character_set_is_taken(client: TestClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8", "content-encoding": "identity"}
    answer = client.post("/v1/score", content='{"text": "é"}'.encode(), headers=headers)
    assert answer.status_code == 200


def test_long_bodies_are_refused_with_the_limit(client: TestClient) -> None:
    declared = client.post("/v1/score", content=b" " * 2_000_000, headers=JSON)
    assert refused(declared, 413, "body_too_large").error.limit == 1_048_576

    def parts() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 50_000

    counted = client.post("/v1/score", content=parts(), headers=JSON)
    assert refused(counted, 413, "body_too_large").error.limit == 1_048_576


@pytest.mark.parametrize("path", SCORES)
def test_long_texts_are_refused_with_the_limit(model: ReloadableModel, path: str) -> None:
    with asking(model, Limits(text_characters=10, sentences=2)) as small:
        assert small.post(path, json={"text": "x" * 10}).status_code == 200
        assert small.post(path, json={"sentences": ["x" * 5] * 2}).status_code == 200
        over = refused(small.post(path, json={"text": "x" * 11}), 413, "text_too_long")
        assert (over.error.field, over.error.limit) == ("text", 10)
        over = refused(small.post(path, json={"sentences": ["x" * 6] * 2}), 413, "text_too_long")
        assert (over.error.field, over.error.limit) == ("sentences", 10)
        many = small.post(path, json={"sentences": ["a", "b", "c"]})
        over = refused(many, 413, "too_many_sentences")
        assert (over.error.field, over.error.limit) == ("sentences", 2)


def test_info_has_the_model_and_the_accepted_input(client: TestClient, scorer: Scorer) -> None:
    info = InfoAnswer.model_validate_json(client.get("/v1/info").text)
    manifest = scorer.bundle.manifest
    assert (info.model.model, info.model.digest) == (
        scorer.bundle.model_version,
        scorer.bundle.digest,
    )
    assert (info.model.name, info.model.version) == (manifest.name, manifest.version)
    meanings = {label: known.meaning for label, known in LABEL_INFO.items()}
    assert {one.label: one.meaning for one in info.labels} == meanings
    meanings = {kind: known.meaning for kind, known in KIND_INFO.items()}
    assert {one.kind: one.meaning for one in info.kinds} == meanings
    assert [one.label for one in info.labels] == list(LABELS)
    for one in info.labels:
        settings = manifest.labels[one.label]
        assert (one.threshold, one.evidence_threshold) == (
            settings.threshold,
            settings.evidence_threshold,
        )
        assert (one.calibration.slope, one.calibration.intercept) == (
            settings.calibration.slope,
            settings.calibration.intercept,
        )
    assert info.offset_units == ["codepoint", "utf16"]


def test_info_has_the_limits_and_the_authentication(
    model: ReloadableModel, client: TestClient
) -> None:
    info = client.get("/v1/info").json()
    assert info["limits"] == Limits().model_dump()
    assert info["access"] == {"needs_key": False, "key_rate": "", "address_rate": ""}
    limits = Limits(text_characters=5, seconds=1.5, requests=7)
    rates = {"key_rate": "600/minute", "address_rate": "5/second"}
    with asking(model, limits, keys=[LINE], **rates) as closed:
        info = closed.get("/v1/info", headers={"x-api-key": KEY}).json()
    assert info["limits"] == limits.model_dump()
    assert info["access"] == {"needs_key": True, **rates}
    assert LINE not in json.dumps(info)


def test_info_describes_the_current_model(
    model: ReloadableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking(model) as client:
        before = client.get("/v1/info").json()["model"]["model"]
        other = SimpleNamespace(bundle=replace(model.scorer.bundle, digest="0" * 64))
        monkeypatch.setattr(model, "scorer", other)
        after = client.get("/v1/info").json()["model"]
    assert after["digest"] == "0" * 64
    assert after["model"] != before
