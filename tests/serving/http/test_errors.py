"""Errors become statuses in one place, in one shape, and tell nothing that they should not."""

import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from models.errors import (
    BundleDamaged,
    BundleError,
    BundleForeign,
    BundleNotFound,
    BundleTooNew,
    InputError,
    SaysoError,
)
from serving.http.errors import Refusal, answer_errors, as_refusal, error_answer
from serving.http.schemas import ErrorAnswer, ScoreRequest

CANARY = "Canary Wharf, said a person who saw it"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InputError("x", field="text"), 422, "invalid_request"),
        (BundleError("/srv/secret"), 503, "model_unavailable"),
        (BundleNotFound("/srv/secret"), 503, "model_unavailable"),
        (BundleForeign("/srv/secret"), 503, "model_unavailable"),
        (BundleTooNew("/srv/secret"), 503, "model_unavailable"),
        (BundleDamaged("/srv/secret"), 503, "model_unavailable"),
        (SaysoError("/srv/secret"), 500, "internal_error"),
        (ValueError(CANARY), 500, "internal_error"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405, headers={"Allow": "POST"}), 405, "method_not_allowed"),
        (HTTPException(400, CANARY), 400, "invalid_json"),
        (HTTPException(429, CANARY), 429, "too_many_requests"),
        (Refusal(413, "body_too_large", "x", limit=3), 413, "body_too_large"),
    ],
)
def test_each_error_has_its_status(error: Exception, status: int, code: str) -> None:
    refusal = as_refusal(error)
    assert (refusal.status_code, refusal.code) == (status, code)
    assert refusal.detail
    assert "secret" not in refusal.detail
    assert "Canary" not in refusal.detail


def test_the_answer_has_the_one_shape() -> None:
    answer = error_answer(Refusal(413, "too_long", "m", field="text", limit=3), "id-1")
    assert answer.status_code == 413
    assert json.loads(answer.body) == {
        "error": {"code": "too_long", "message": "m", "field": "text", "limit": 3},
        "request_id": "id-1",
    }
    bare = json.loads(error_answer(Refusal(404, "c", "m"), "id-2").body)
    assert bare == {"error": {"code": "c", "message": "m"}, "request_id": "id-2"}
    ErrorAnswer.model_validate(bare)


def test_headers_of_a_refusal_are_sent() -> None:
    refusal = as_refusal(HTTPException(405, headers={"Allow": "POST"}))
    assert error_answer(refusal, "id").headers["allow"] == "POST"
    assert refusal.detail == "expected POST here"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": CANARY, "sentences": [CANARY]}, "text"),
        ({"text": [CANARY]}, "text"),
        ({"sentences": ["a", {"b": CANARY}]}, "sentences.1"),
        ({"text": CANARY, "labels": ["hedging", CANARY]}, "labels.1"),
        ({"text": CANARY, "thresholds": {"hedging": CANARY}}, "thresholds.hedging"),
        ({"text": CANARY, "thresholds": {"irony": 0.5}}, "thresholds.irony"),
        ({"text": CANARY, "thresholds": {CANARY: 0.5}}, "thresholds.(name left out)"),
        ({"text": CANARY, "treshold": 0.5}, "treshold"),
        ({"text": CANARY, CANARY: 1}, "(name left out)"),
        ({"text": CANARY, "offset_unit": CANARY}, "offset_unit"),
    ],
)
def test_a_wrong_request_names_its_field_and_nothing_of_its_text(
    body: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as found:
        ScoreRequest.model_validate(body)
    problems = [{**one, "loc": ("body", *one["loc"])} for one in found.value.errors()]
    refusal = as_refusal(RequestValidationError(problems))
    assert (refusal.status_code, refusal.field) == (422, field)
    assert "Canary" not in refusal.detail


def test_an_index_is_written_with_a_dot() -> None:
    assert as_refusal(InputError("x", field="sentences[12]")).field == "sentences.12"


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/fails")
    async def fails() -> None:
        raise ValueError(CANARY)

    @app.get("/input")
    async def wrong_input() -> None:
        raise InputError("no such thing", field="text")

    @app.get("/bundle")
    async def wrong_bundle() -> None:
        raise BundleDamaged("/srv/secret")

    @app.get("/breaks")
    async def breaks() -> StreamingResponse:
        def parts() -> object:
            yield b"a beginning"
            raise ValueError(CANARY)

        return StreamingResponse(parts())  # type: ignore[arg-type]

    answer_errors(app)
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "status"), [("/fails", 500), ("/input", 422), ("/bundle", 503), ("/nothing", 404)]
)
def test_an_app_answers_in_the_one_shape(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert ErrorAnswer.model_validate_json(answer.text).request_id == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json"


def test_an_unexpected_error_is_logged_without_its_message(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/fails")
    assert "Canary" not in caplog.text + answer.text
    assert "ValueError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert answer.json()["request_id"] in caplog.text


def test_an_answer_that_breaks_off_is_not_answered_twice(client: TestClient) -> None:
    with pytest.raises(ConnectionAbortedError) as broken:
        client.get("/breaks")
    assert broken.value.__cause__ is None
    assert "Canary" not in str(broken.value)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("desk-7.a:1", True), ("", False), ("x" * 65, False), ("a b", False), ("é", False)],
)
def test_a_fit_request_id_is_kept(client: TestClient, sent: str, kept: bool) -> None:
    answer = client.get("/nothing", headers={"x-request-id": sent.encode()})
    assert (answer.headers["x-request-id"] == sent) is kept
    assert answer.headers["x-request-id"]
