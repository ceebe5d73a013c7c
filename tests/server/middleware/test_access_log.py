"""Requests are counted, timed and logged, without any text."""

import logging
from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.middleware.access_log import QUIET, AccessLog
from sayso.server.middleware.deadline import CallerGone
from sayso.server.middleware.error_boundary import ErrorBoundary
from sayso.server.request_context import context_of

CANARY = "canary"
ROUTE = "/observed/{word}"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    record = context_of(scope)
    if scope["path"].startswith("/observed/"):
        scope["route"] = SimpleNamespace(path=ROUTE)
    record.key, record.documents, record.sentences, record.characters = "desk", 1, 3, 70
    record.stopwatch.seconds["infer"] += 0.25
    match scope["path"].rpartition("/")[2]:
        case "fails":
            raise ValueError(CANARY)
        case "refuses":
            raise Refusal(413, "text_too_long", "too long")
        case "gone":
            raise CallerGone
    await PlainTextResponse(CANARY)(scope, receive, send)


@pytest.fixture
def client() -> TestClient:
    return TestClient(ErrorBoundary(AccessLog(app)))


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def line(caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    (found,) = [one for one in caplog.records if one.name == "sayso.access"]
    return found


def test_an_answer_is_counted(client: TestClient) -> None:
    labels = {"route": ROUTE, "method": "POST", "status": "200"}
    before = counted("sayso_requests_total", **labels)
    sentences = counted("sayso_sentences_total")
    characters = counted("sayso_characters_total")
    latency = counted("sayso_request_seconds_count", route=ROUTE)
    part = counted("sayso_part_seconds_sum", part="infer")
    client.post("/observed/x", content=CANARY)
    assert counted("sayso_requests_total", **labels) == before + 1
    assert counted("sayso_sentences_total") == sentences + 3
    assert counted("sayso_characters_total") == characters + 70
    assert counted("sayso_request_seconds_count", route=ROUTE) == latency + 1
    assert counted("sayso_part_seconds_sum", part="infer") == pytest.approx(part + 0.25)


@pytest.mark.parametrize(
    ("word", "status", "code"),
    [("refuses", 413, "text_too_long"), ("fails", 500, "internal_error")],
)
def test_a_refusal_is_counted_and_logged_by_its_code(
    client: TestClient, caplog: pytest.LogCaptureFixture, word: str, status: int, code: str
) -> None:
    before = counted("sayso_rejected_total", code=code)
    with caplog.at_level(logging.INFO, "sayso.access"):
        assert client.get(f"/observed/{word}").status_code == status
    assert counted("sayso_rejected_total", code=code) == before + 1
    assert (vars(line(caplog))["status"], vars(line(caplog))["code"]) == (status, code)


def test_a_disconnected_client_is_counted_as_499(caplog: pytest.LogCaptureFixture) -> None:
    labels = {"route": ROUTE, "method": "GET", "status": "499"}
    before = counted("sayso_requests_total", **labels)
    client = TestClient(ErrorBoundary(AccessLog(app)), raise_server_exceptions=False)
    with caplog.at_level(logging.INFO, "sayso.access"):
        client.get("/observed/gone")
    assert counted("sayso_requests_total", **labels) == before + 1
    assert vars(line(caplog))["code"] == "caller_gone"


def test_the_header_has_the_time_of_each_phase(client: TestClient) -> None:
    parts = dict(
        one.split(";dur=") for one in client.get("/observed/x").headers["server-timing"].split(", ")
    )
    assert parts["infer"] == "250.0"
    assert float(parts["total"]) >= 0


def test_the_access_log_names_client_and_route_without_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sayso"):
        client.post(f"/observed/{CANARY}?q={CANARY}", content=CANARY, headers={"x-canary": CANARY})
    said = vars(line(caplog))
    assert (said["route"], said["method"], said["key"]) == (ROUTE, "POST", "desk")
    assert (said["documents"], said["sentences"], said["characters"]) == (1, 3, 70)
    assert CANARY not in str(said)


def test_an_unknown_path_is_not_repeated(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sayso.access"):
        client.get(f"/{CANARY}")
    assert vars(line(caplog))["route"] == "unknown"
    assert f'"/{CANARY}"' not in str(list(REGISTRY.collect()))


@pytest.mark.parametrize("path", sorted(QUIET))
def test_probes_are_neither_counted_nor_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    before = counted("sayso_requests_total", route="unknown", method="GET", status="200")
    with caplog.at_level(logging.INFO, "sayso.access"):
        assert "server-timing" not in client.get(path).headers
    assert counted("sayso_requests_total", route="unknown", method="GET", status="200") == before
    assert not [one for one in caplog.records if one.name == "sayso.access"]
