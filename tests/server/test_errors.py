"""Errors become statuses in one place, in one shape, and repeat no text."""

import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from sayso.errors import (
    BundleCorrupt,
    BundleError,
    BundleNotFound,
    BundleTooNew,
    InputError,
    NotABundle,
    SaysoError,
)
from sayso.server.errors import Refusal, as_refusal, error_answer, log_failure, raise_errors
from sayso.server.middleware.error_boundary import ErrorBoundary
from sayso.server.schemas import BatchRequest, ErrorAnswer, ScoreRequest

CANARY = "Canary Wharf, said a person who saw it"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InputError("x", field="text"), 422, "invalid_request"),
        (BundleError("/srv/secret"), 503, "model_unavailable"),
        (BundleNotFound("/srv/secret"), 503, "model_unavailable"),
        (NotABundle("/srv/secret"), 503, "model_unavailable"),
        (BundleTooNew("/srv/secret"), 503, "model_unavailable"),
        (BundleCorrupt("/srv/secret"), 503, "model_unavailable"),
        (SaysoError("/srv/secret"), 500, "internal_error"),
        (ValueError(CANARY), 500, "internal_error"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405, headers={"Allow": "POST"}), 405, "method_not_allowed"),
        (HTTPException(400, "There was an error parsing the body"), 400, "invalid_json"),
        (HTTPException(400, CANARY), 400, "invalid_form"),
        (HTTPException(429, CANARY), 429, "too_many_requests"),
        (TimeoutError(CANARY), 500, "internal_error"),
        (Refusal(413, "body_too_large", "x", limit=3), 413, "body_too_large"),
    ],
)
def test_each_error_has_its_status(error: Exception, status: int, code: str) -> None:
    refusal = as_refusal(error)
    assert (refusal.status_code, refusal.code) == (status, code)
    assert refusal.detail
    assert "secret" not in refusal.detail
    assert "Canary" not in refusal.detail


def test_the_response_has_the_shape_of_errors() -> None:
    answer = error_answer(Refusal(413, "too_long", "m", field="text", limit=3), "id-1")
    assert answer.status_code == 413
    assert json.loads(bytes(answer.body)) == {
        "error": {"code": "too_long", "message": "m", "field": "text", "limit": 3},
        "request_id": "id-1",
    }
    bare = json.loads(bytes(error_answer(Refusal(404, "c", "m"), "id-2").body))
    assert bare == {"error": {"code": "c", "message": "m"}, "request_id": "id-2"}
    ErrorAnswer.model_validate(bare)


def test_headers_of_a_refusal_are_sent() -> None:
    refusal = as_refusal(HTTPException(405, headers={"Allow": "POST"}))
    assert error_answer(refusal, "id").headers["allow"] == "POST"
    assert refusal.detail == "expected POST here"


def wrong(body: object, model: type[BaseModel]) -> Refusal:
    """The refusal of a body that does not match the model."""
    with pytest.raises(ValidationError) as found:
        model.model_validate(body)
    problems = [{**one, "loc": ("body", *one["loc"])} for one in found.value.errors()]
    return as_refusal(RequestValidationError(problems))


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
    refusal = wrong(body, ScoreRequest)
    assert (refusal.status_code, refusal.field) == (422, field)
    assert "Canary" not in refusal.detail


def test_only_the_first_problem_and_the_number_of_problems_are_reported() -> None:
    refusal = wrong({"text": 1, "labels": ["irony"], "offset_unit": 2}, ScoreRequest)
    assert refusal.field in {"text", "labels.0", "offset_unit"}
    assert refusal.detail.startswith(refusal.field)
    assert refusal.detail.endswith("(and 2 more)")
    assert "more" not in wrong({"text": 1}, ScoreRequest).detail


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"text": 1}, "text: expected a string; found a number"),
        ({"text": True}, "text: expected a string; found a boolean"),
        ({"text": None}, "text: expected a string; found null"),
        ({"text": []}, "text: expected a string; found an array"),
        ({"sentences": {}}, "sentences: expected an array; found an object"),
        ({"text": "a", "thresholds": {"hedging": "a"}}, "a number; found a string"),
        ({"text": "a", "thresholds": []}, "thresholds: expected an object; found an array"),
        ({"text": ""}, "text: empty; expected at least one"),
        ({"text": "half \ud800"}, "text: not valid Unicode, half a surrogate pair in it"),
        ({"text": "a", "also": 1}, "also: unknown field"),
        ([], "expected an object; found an array"),
    ],
)
def test_a_message_names_the_found_and_the_expected_value(body: object, found: str) -> None:
    assert found in wrong(body, ScoreRequest).detail


def test_a_missing_field_is_reported() -> None:
    refusal = wrong({}, BatchRequest)
    assert refusal.field == "documents"
    assert "Field required" not in refusal.detail


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

    @app.post("/body")
    async def body(request: ScoreRequest) -> None:
        pass

    @app.get("/bundle")
    async def wrong_bundle() -> None:
        raise BundleCorrupt("/srv/secret")

    @app.get("/breaks")
    async def breaks() -> StreamingResponse:
        def parts() -> object:
            yield b"a beginning"
            raise ValueError(CANARY)

        return StreamingResponse(parts())  # type: ignore[arg-type]

    raise_errors(app)
    return TestClient(ErrorBoundary(app))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fails", 500),
        ("GET", "/input", 422),
        ("GET", "/bundle", 503),
        ("GET", "/nothing", 404),
        ("GET", "/body", 405),
        ("POST", "/body", 400),
    ],
)
def test_an_app_answers_with_the_shape_of_errors(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
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


def test_the_reason_for_an_unusable_bundle_is_logged_but_not_returned(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/bundle")
    assert "secret" not in answer.text
    assert "/srv/secret" in caplog.text
    assert answer.json()["request_id"] in caplog.text


def test_a_deliberate_refusal_is_not_logged_as_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        log_failure(Refusal(503, "overloaded", "later"), "id")
    assert not caplog.records


def test_an_answer_that_breaks_off_is_not_answered_twice(client: TestClient) -> None:
    with pytest.raises(ConnectionAbortedError) as broken:
        client.get("/breaks")
    assert broken.value.__cause__ is None
    assert "Canary" not in str(broken.value)
