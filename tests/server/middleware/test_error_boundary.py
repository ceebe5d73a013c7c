"""An id, security headers, and a response to every error, which neither returns nor logs text."""

import logging

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.middleware.error_boundary import ErrorBoundary
from sayso.server.request_context import context_of
from sayso.server.schemas import ErrorAnswer

CANARY = "canary"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    match scope["path"]:
        case "/fails":
            raise ValueError(CANARY)
        case "/refuses":
            raise Refusal(429, "too_many_requests", "later", headers={"retry-after": "7"})
        case "/own":
            headers = {"content-security-policy": "default-src 'self'", "x-request-id": "wrong"}
            await PlainTextResponse("own", headers=headers)(scope, receive, send)
        case "/breaks":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise ValueError(CANARY)
        case _:
            await PlainTextResponse(context_of(scope).id)(scope, receive, send)


@pytest.fixture
def client() -> TestClient:
    return TestClient(ErrorBoundary(app))


@pytest.mark.parametrize("sent", ["desk-7.a:1", "x" * 64])
def test_a_fit_request_id_is_kept(client: TestClient, sent: str) -> None:
    answer = client.get("/", headers={"x-request-id": sent})
    assert answer.headers["x-request-id"] == answer.text == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "é", "a\tb"])
def test_another_request_id_is_replaced(client: TestClient, sent: str) -> None:
    answer = client.get("/", headers={b"x-request-id": sent.encode()})
    assert answer.headers["x-request-id"] == answer.text != sent
    assert len(answer.text) == 32


@pytest.mark.parametrize("path", ["/", "/fails", "/refuses"])
def test_every_answer_has_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_an_apps_own_policy_is_kept_but_not_its_id(client: TestClient) -> None:
    headers = client.get("/own", headers={"x-request-id": "mine"}).headers
    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-request-id"] == "mine"


def test_a_refusal_is_answered_with_its_headers_and_not_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sayso"):
        answer = client.get("/refuses")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert ErrorAnswer.model_validate_json(answer.text).request_id == answer.headers["x-request-id"]
    assert not [one for one in caplog.records if one.name.startswith("sayso")]


def test_an_unexpected_error_neither_returns_nor_logs_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/fails")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    logged = "".join(one.getMessage() for one in caplog.records if one.name == "sayso.http")
    assert "ValueError" in logged
    assert "test_error_boundary.py" in logged
    assert answer.json()["request_id"] in logged
    assert CANARY not in answer.text + "".join(one.getMessage() for one in caplog.records)


def test_an_answer_that_breaks_off_is_dropped_without_its_text(client: TestClient) -> None:
    with pytest.raises(ConnectionAbortedError) as broken:
        client.get("/breaks")
    assert CANARY not in str(broken.value)
    assert broken.value.__cause__ is None
    assert broken.value.__suppress_context__
