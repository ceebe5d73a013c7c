"""The routes: every status, every shape, and answers that are the engine's own."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest
from starlette.testclient import TestClient

from models.labels import LABELS
from serving.engine import Engine
from serving.http.app import create_app, report_json
from serving.http.schemas import ErrorAnswer, InfoAnswer, ReportAnswer
from serving.http.settings import Limits
from serving.options import Options

TEXT = (
    "Officials said the dam could fail.\r\n“It’s a catastrophe 🌊👩‍👩‍👧,” he claimed. "
    "e\u0301tude\u00a0reports say so.\n\nThe council meets on Monday."
)
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(threads=1)


@pytest.fixture(scope="module")
def client(engine: Engine) -> TestClient:
    return TestClient(create_app(engine, Limits()))


def refused(answer: httpx.Response, status: int, code: str) -> ErrorAnswer:
    """Check an error answer's shape and give it back."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    shaped = ErrorAnswer.model_validate_json(answer.text)
    assert answer.headers["x-request-id"] == shaped.request_id
    assert shaped.error.message
    assert "Traceback" not in answer.text
    return shaped


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        " ",
        "🌊🌊",
        "nul\x00 in it, they said",
        "قال مسؤولون إن السد قد ينهار. " * 3,
        "Officials said " + "x" * 20_000,
        "They said it might be so, " * 800,
    ],
    ids=["mixed", "blank", "emoji", "nul", "rtl", "one long word", "20,000 characters"],
)
@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_answers_are_the_engines_own(
    client: TestClient, engine: Engine, text: str, unit: str
) -> None:
    answer = client.post("/v1/score", json={"text": text, "offset_unit": unit})
    assert answer.status_code == 200
    assert answer.content == report_json(engine.score(text, Options(offset_unit=unit)))  # type: ignore[arg-type]
    report = ReportAnswer.model_validate_json(answer.text)
    width = 2 if unit == "utf16" else 4
    encoded = text.encode(f"utf-{8 * width}-le")
    for sentence in report.sentences:
        found = encoded[sentence.start * width : sentence.end * width]
        assert found.decode(f"utf-{8 * width}-le") == sentence.text
        for evidence in sentence.evidence:
            assert sentence.start <= evidence.start < evidence.end <= sentence.end


def test_sentences_are_scored_as_they_are(client: TestClient, engine: Engine) -> None:
    sentences = ["One. Two might be.", "", "Sources say three."]
    answer = client.post("/v1/score", json={"sentences": sentences})
    assert answer.content == report_json(engine.score_sentences(sentences))
    assert [one["text"] for one in answer.json()["sentences"]] == sentences
    assert answer.json()["sentences"][1]["scores"] is None


def test_options_reach_the_engine(client: TestClient) -> None:
    body = {"text": TEXT, "labels": ["hedging"], "thresholds": {"hedging": 0}}
    report = client.post("/v1/score", json=body).json()
    assert report["thresholds"] == {"hedging": 0}
    assert all(one["flags"] == ["hedging"] for one in report["sentences"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"txt": "a"}, "txt"),
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": 5}, "text"),
        ({"text": "a", "labels": ["irony"]}, "labels.0"),
        ({"text": "a", "thresholds": {"hedging": 7}}, "thresholds.hedging"),
        ({"text": "a", "offset_unit": "byte"}, "offset_unit"),
        ([], ""),
        ("text", ""),
        (5, ""),
    ],
)
def test_wrong_requests(client: TestClient, body: object, field: str) -> None:
    answer = client.post("/v1/score", content=json.dumps(body), headers=JSON)
    assert refused(answer, 422, "invalid_request").error.field == field


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
def test_what_json_should_not_hold(client: TestClient, body: bytes, field: str) -> None:
    answer = client.post("/v1/score", content=body, headers=JSON)
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
def test_what_is_not_json(client: TestClient, body: bytes) -> None:
    refused(client.post("/v1/score", content=body, headers=JSON), 400, "invalid_json")


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
def test_only_json_is_taken(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/v1/score", content=b'{"text": "a"}', headers=headers)
    refused(answer, 415, "unsupported_media_type")


def test_a_declared_character_set_is_taken(client: TestClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
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


def test_long_texts_are_refused_with_the_limit(engine: Engine) -> None:
    small = TestClient(create_app(engine, Limits(text_characters=10, sentences=2)))
    assert small.post("/v1/score", json={"text": "x" * 10}).status_code == 200
    over = refused(small.post("/v1/score", json={"text": "x" * 11}), 413, "text_too_long")
    assert (over.error.field, over.error.limit) == ("text", 10)
    over = refused(small.post("/v1/score", json={"sentences": ["x" * 6] * 2}), 413, "text_too_long")
    assert (over.error.field, over.error.limit) == ("sentences", 10)
    many = small.post("/v1/score", json={"sentences": ["a", "b", "c"]})
    assert refused(many, 413, "too_many_sentences").error.limit == 2


def test_a_text_that_takes_too_long_is_given_up(engine: Engine) -> None:
    hasty = TestClient(create_app(engine, Limits(seconds=0)))
    refused(hasty.post("/v1/score", json={"text": TEXT}), 504, "too_slow")


def test_a_mistake_of_the_server_tells_and_logs_no_text(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str, options: Options) -> None:
        raise ValueError(f"cannot read {text}")

    client = TestClient(create_app(engine, Limits()))
    monkeypatch.setattr(engine, "score", fail)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/v1/score", json={"text": "canary"})
    error = refused(answer, 500, "internal_error")
    assert "canary" not in answer.text + caplog.text
    assert error.request_id in caplog.text


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/redoc", "/v1", "/v1/score/", "/v1/info/"])
def test_unknown_paths(client: TestClient, path: str) -> None:
    refused(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/score", "POST"), ("POST", "/v1/info", "GET"), ("DELETE", "/", "GET")],
)
def test_wrong_methods(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


def test_info_says_what_runs_and_what_is_taken(client: TestClient, engine: Engine) -> None:
    info = InfoAnswer.model_validate_json(client.get("/v1/info").text)
    manifest = engine.bundle.manifest
    assert (info.model.model, info.model.digest) == (
        engine.bundle.model_version,
        engine.bundle.digest,
    )
    assert [one.label for one in info.labels] == list(LABELS)
    assert all(one.meaning for one in [*info.labels, *info.kinds])
    assert {one.label: one.threshold for one in info.labels} == {
        label: settings.threshold for label, settings in manifest.labels.items()
    }
    assert info.offset_units == ["codepoint", "utf16"]
    assert info.limits.body_bytes == 1_048_576


def test_openapi_lists_every_status(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    score = document["paths"]["/v1/score"]["post"]["responses"]
    assert set(score) == {"200", "400", "413", "415", "422", "500", "503", "504"}
    for status, answer in score.items():
        shape = "ReportAnswer" if status == "200" else "ErrorAnswer"
        assert answer["content"]["application/json"]["schema"]["$ref"].endswith(shape)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert not re.search(r"https?:|//\w|<link|<img|\ssrc=|\son\w+=|innerHTML", answer.text)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        block = re.search(f"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        assert block
        assert b64encode(sha256(block[1].encode()).digest()).decode() in policy
