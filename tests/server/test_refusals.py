"""Every error status: the same shape on every route, readable by pages of allowed origins."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.engine.report_builder import ReportBuilder
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import Limits
from tests.server.common import (
    BODIES,
    JSON,
    KEY,
    LINE,
    TEXT,
    asked,
    asking,
    protected,
    refused,
    service_of,
)

ORIGIN = "https://desk.example"
Ask = Callable[..., Any]


def asked_twice(client: TestClient, path: str = "/v1/score", **more: Any) -> Any:
    asked(client, path, **more)
    return asked(client, path, **more)


def asked_while_it_stops(client: TestClient, path: str = "/v1/score", **more: Any) -> Any:
    service_of(client).scheduler.stopping = True
    return asked(client, path, **more)


def asked_by_a_slow_sender(client: TestClient, path: str = "/v1/score", **more: Any) -> Any:
    return asked(TestClient(silent(service_of(client))), path, **more)


def asked_of_a_broken_engine(client: TestClient, path: str = "/v1/score", **more: Any) -> Any:
    def fail(text: str, *_: object) -> ReportBuilder:
        raise ValueError(f"cannot read {text}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service_of(client).model.scorer, "begin", fail)
        return asked(client, path, **more)


def silent(app: ASGIApp) -> ASGIApp:
    """The app, for a caller whose body never comes."""

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def without_a_body(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, never, send)

    return without_a_body


REFUSED: Mapping[int, tuple[str, dict[str, Any], Ask]] = {
    400: ("invalid_json", {}, lambda c, **m: c.post("/v1/score", content=b"{", **with_json(m))),
    401: ("unauthorized", {"keys": [LINE]}, asked),
    404: ("not_found", {}, lambda c, **m: c.get("/nothing", **m)),
    405: ("method_not_allowed", {}, lambda c, **m: c.get("/v1/score", **m)),
    408: ("slow_body", {"limits": Limits(body_seconds=0.02)}, asked_by_a_slow_sender),
    413: ("text_too_long", {"limits": Limits(text_characters=3)}, asked),
    415: ("unsupported_media_type", {}, lambda c, **m: c.post("/v1/score", content=b"{}", **m)),
    422: ("invalid_request", {}, lambda c, **m: c.post("/v1/score", json={}, **m)),
    429: ("too_many_requests", {"address_rate": "1/hour"}, asked_twice),
    500: ("internal_error", {}, asked_of_a_broken_engine),
    503: ("stopping", {}, asked_while_it_stops),
    504: ("too_slow", {"limits": Limits(seconds=0)}, asked),
}
"""Each status with its code, the settings that cause it, and the request."""


def with_json(more: Mapping[str, Any]) -> dict[str, Any]:
    return {"headers": {**JSON, **more.get("headers", {})}}


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


@pytest.mark.parametrize("status", REFUSED)
def test_each_refusal_has_the_shape_of_errors_and_safe_headers(
    model: ReloadableModel, status: int
) -> None:
    code, settings, ask_for = REFUSED[status]
    with asking(model, **settings) as client:
        answer = ask_for(client)
    refused(answer, status, code)
    protected(answer.headers)
    assert "access-control-allow-origin" not in answer.headers
    assert ("retry-after" in answer.headers) is (status in {429, 503})
    assert int(answer.headers.get("retry-after", 1)) >= 1
    assert ("www-authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize("status", REFUSED)
def test_each_refusal_can_be_read_by_pages_of_allowed_origins(
    model: ReloadableModel, status: int
) -> None:
    code, settings, ask_for = REFUSED[status]
    with asking(model, allowed_origins=[ORIGIN], **settings) as client:
        answer = ask_for(client, headers={"origin": ORIGIN, "x-request-id": "mine"})
    assert refused(answer, status, code).request_id == "mine"
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    exposed = answer.headers["access-control-expose-headers"]
    assert {"x-request-id", "retry-after"} <= set(exposed.split(", "))


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("status", [401, 408, 429, 500, 503, 504])
def test_each_route_refuses_in_the_same_way(model: ReloadableModel, path: str, status: int) -> None:
    code, settings, ask_for = REFUSED[status]
    with asking(model, **settings) as client:
        refused(ask_for(client, path), status, code)


def test_a_preflight_needs_no_key_and_is_not_counted(model: ReloadableModel) -> None:
    asks = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-api-key",
    }
    settings: dict[str, Any] = {
        "keys": [LINE],
        "address_rate": "1/hour",
        "allowed_origins": [ORIGIN],
    }
    with asking(model, **settings) as client:
        for _ in range(3):
            assert client.options("/v1/score", headers=asks).status_code == 200
        elsewhere = {**asks, "origin": "https://elsewhere.example"}
        refused(client.options("/v1/score", headers=elsewhere), 400, "preflight_refused")
        answer = asked(client, headers={"origin": ORIGIN, "x-api-key": KEY})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_no_origin_is_allowed_by_default(client: TestClient) -> None:
    asks = {"origin": ORIGIN, "access-control-request-method": "POST"}
    refused(client.options("/v1/score", headers=asks), 405, "method_not_allowed")
    answer = asked(client, headers={"origin": ORIGIN})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_body_is_not_read_without_a_key(model: ReloadableModel) -> None:
    with asking(model, Limits(body_seconds=60), keys=[LINE]) as closed:
        refused(asked_by_a_slow_sender(closed), 401, "unauthorized")


def test_requests_at_the_same_time_are_limited(model: ReloadableModel) -> None:
    with asking(model, Limits(requests=2)) as client:
        service_of(client).load_shedding.inside = 2
        full = asked(client)
        assert refused(full, 503, "overloaded").error.limit == 2
        assert full.headers["retry-after"] == "1"
        assert client.get("/v1/info").status_code == 200
        service_of(client).load_shedding.inside = 1
        assert asked(client).status_code == 200


@pytest.mark.parametrize("path", BODIES)
def test_a_request_that_would_wait_too_long_is_refused(model: ReloadableModel, path: str) -> None:
    with asking(model, Limits(queue_seconds=0)) as client:
        with service_of(client).scheduler.admit(10**6) as ticket:
            ticket.is_asking = True
            full = asked(client, path)
        refused(full, 503, "overloaded")
        assert int(full.headers["retry-after"]) > 1
        assert asked(client, path).status_code == 200


LONGER = TEXT * 10
LONGER_BODIES: Mapping[str, Mapping[str, Any]] = {
    "/v1/score": {"json": {"text": LONGER}},
    "/v1/score/batch": {"json": {"documents": [{"text": TEXT}] * 10}},
    "/v1/score/stream": {"json": {"text": LONGER}},
    "/v2/check": {"data": {"text": LONGER, "language": "en"}},
    "/v1alpha1/comments:analyze": {
        "json": {"comment": {"text": LONGER}, "requestedAttributes": {"HEDGING": {}}}
    },
}


@pytest.mark.parametrize("path", BODIES)
def test_a_long_text_is_refused_when_a_short_one_is_admitted(
    model: ReloadableModel, path: str
) -> None:
    with asking(model, Limits(queue_seconds=60)) as client:
        scheduler = service_of(client).scheduler
        # A short text lets pass who comes within 20 seconds, a long one who comes within 60.
        scheduler.throughput.rate = len(TEXT) * 3 / 20
        with scheduler.admit(10**6) as ticket:
            ticket.is_asking = True
            assert asked(client, path).status_code == 200
            scheduler.throughput.rate = len(TEXT) * 3 / 20
            refused(client.post(path, **LONGER_BODIES[path]), 503, "overloaded")


def test_an_error_of_the_server_neither_repeats_nor_logs_the_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = asked_of_a_broken_engine(client, json={"text": "canary"})
    error = refused(answer, 500, "internal_error")
    assert "canary" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert error.request_id in caplog.text
