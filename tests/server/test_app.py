"""The service as a whole: who may ask, what is there, and what an operator sees."""

import asyncio
import logging
import re
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from prometheus_client import REGISTRY
from starlette.testclient import TestClient
from starlette.types import Message

from sayso.engine.report_builder import ReportBuilder
from sayso.engine.scorer import Scorer
from sayso.server.app import Service
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import ServerSettings
from tests.server.common import (
    BODIES,
    KEY,
    LINE,
    TEXT,
    ask,
    asked,
    asking,
    protected,
    refused,
    service_of,
)


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


@pytest.mark.parametrize("path", BODIES)
def test_each_route_answers(client: TestClient, path: str) -> None:
    answer = asked(client, path)
    assert answer.status_code == 200
    protected(answer.headers)
    parts = {one.partition(";")[0] for one in answer.headers["server-timing"].split(", ")}
    assert {"queue", "split", "total"} <= parts


@pytest.mark.parametrize(
    "path",
    ["/", "/livez", "/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/info"],
)
def test_data_routes_need_a_key(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    protected(answer.headers)
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", [*BODIES, "/v1/info"])
@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({"authorization": f"Bearer {KEY}"}, True),
        ({"x-api-key": KEY}, True),
        ({"authorization": "Bearer canary"}, False),
        ({"x-api-key": KEY[:-1]}, False),
        ({"authorization": f"Basic {KEY}"}, False),
        ({"cookie": f"key={KEY}"}, False),
        ({}, False),
    ],
)
def test_a_key_is_sent_in_a_header(
    model: ReloadableModel, path: str, headers: dict[str, str], is_let_in: bool
) -> None:
    with asking(model, keys=[LINE]) as closed:
        if path in BODIES:
            answer = asked(closed, path, headers=headers)
        else:
            answer = closed.get(path, headers=headers)
    if is_let_in:
        assert answer.status_code == 200
    else:
        refused(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "canary" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/redoc", "/v1", "/v1/score/", "/v1/info/"])
def test_unknown_paths(client: TestClient, path: str) -> None:
    refused(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/score", "POST"),
        ("PUT", "/v2/check", "POST"),
        ("POST", "/v1/info", "GET"),
        ("DELETE", "/", "GET"),
    ],
)
def test_wrong_methods(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


def test_probes_distinguish_a_stopping_server_from_a_dead_one(model: ReloadableModel) -> None:
    with asking(model, keys=[LINE]) as client:
        assert [client.get(path).status_code for path in ("/livez", "/readyz")] == [200, 200]
        service_of(client).scheduler.stopping = True
        assert client.get("/livez").status_code == 200
        refused(client.get("/readyz"), 503, "stopping")


def test_metrics_are_there_unless_they_are_switched_off_or_elsewhere(
    model: ReloadableModel, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    asked(client)
    shown = client.get("/metrics")
    assert shown.headers["content-type"].startswith("text/plain")
    assert re.search(
        r'^sayso_requests_total\{method="POST",route="/v1/score",status="200"\} [1-9]',
        shown.text,
        re.MULTILINE,
    )
    assert f'sayso_model_info{{model="{model.scorer.bundle.model_version}"}} 1.0' in shown.text
    for settings in ({"metrics": "off"}, {"metrics_port": 9}):
        with asking(model, **settings) as other:
            refused(other.get("/metrics"), 404, "not_found")


def test_openapi_lists_every_status(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert set(BODIES) < set(document["paths"])
    assert "HTTPValidationError" not in document["components"]["schemas"]
    shapes = {"/v1/score": "ReportAnswer", "/v1/score/batch": "BatchAnswer"}
    posted = ["200", "400", "401", "408", "413", "415", "422", "429", "500", "503", "504"]
    read = {"/v1/info": ["200", "401", "429", "500"], "/v2/languages": ["200", "500"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert sorted(answers) == (posted if method == "post" else read[path])
            for status, answer in answers.items():
                assert answer["description"]
                if status != "200":
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}
        if path in shapes:
            schema = methods["post"]["responses"]["200"]["content"]["application/json"]["schema"]
            assert schema == {"$ref": f"#/components/schemas/{shapes[path]}"}
    stream = document["paths"]["/v1/score/stream"]["post"]["responses"]["200"]
    assert list(stream["content"]) == ["application/x-ndjson"]


def test_openapi_describes_the_key_of_each_protected_route(
    model: ReloadableModel, client: TestClient
) -> None:
    assert "securitySchemes" not in client.get("/openapi.json").json()["components"]
    with asking(model, keys=[LINE]) as closed:
        document = closed.get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"].values()
    assert {one.get("scheme") or one.get("name") for one in schemes} == {"bearer", "X-API-Key"}
    for methods in document["paths"].values():
        assert all(operation["security"] for operation in methods.values())


@pytest.mark.parametrize("path", BODIES)
def test_the_access_log_describes_requests_without_text(
    model: ReloadableModel, scorer: Scorer, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with asking(model, keys=[LINE]) as client, caplog.at_level(logging.DEBUG):
        asked(client, path, headers={"x-api-key": KEY, "x-request-id": "mine"})
    (line,) = [vars(one) for one in caplog.records if one.name == "sayso.access"]
    assert (line["request_id"], line["key"], line["route"]) == ("mine", "desk", path)
    assert (line["method"], line["status"], line["code"]) == ("POST", 200, "")
    sentences = scorer.score(TEXT).sentences
    assert (line["documents"], line["sentences"]) == (1, len(sentences))
    assert line["characters"] == sum(len(one.text) for one in sentences)
    assert set(line["parts"]) == {"queue", "split", "tokenise", "infer"}
    logged = "".join(f"{one.getMessage()} {vars(one)}" for one in caplog.records)
    assert not any(word in logged for word in ("dam", "catastrophe", KEY))


def test_work_for_a_disconnected_client_ends(
    model: ReloadableModel, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, open_ = Event(), Event(), scorer.begin

    def opened(*given: Any) -> ReportBuilder:
        begun.set()
        go.wait(60)
        return open_(*given)

    async def hang_up() -> None:
        service, heard, gone = Service(model, ServerSettings()), list[Message](), asyncio.Event()
        asks = asyncio.create_task(ask(service, "/v1/score", {"text": TEXT}, heard.append, gone))
        await asyncio.to_thread(begun.wait, 60)
        assert service.load_shedding.inside == 1
        gone.set()
        await asyncio.wait_for(asks, 60)
        assert not heard
        assert service.load_shedding.inside == 0
        assert service.scheduler.wait() == 0
        go.set()
        await ask(service, "/v1/score", {"text": TEXT}, heard.append)
        assert heard[0]["status"] == 200

    monkeypatch.setattr(scorer, "begin", opened)
    before = REGISTRY.get_sample_value("sayso_rejected_total", {"code": "caller_gone"}) or 0
    asyncio.run(hang_up())
    after = REGISTRY.get_sample_value("sayso_rejected_total", {"code": "caller_gone"})
    assert after == before + 1


def test_a_stopping_server_refuses_requests_and_finishes_those_in_flight(
    model: ReloadableModel,
) -> None:
    async def stop() -> None:
        service = Service(model, ServerSettings(stop_seconds=60))
        service.load_shedding.inside = 1
        stopping = asyncio.create_task(service.stop())
        await asyncio.sleep(0.1)
        assert service.scheduler.stopping
        assert not stopping.done()
        service.load_shedding.inside = 0
        await asyncio.wait_for(stopping, 30)

    asyncio.run(stop())


def test_a_stop_does_not_wait_longer_than_it_may(
    model: ReloadableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    heard: list[Message] = []

    async def stop() -> None:
        service = Service(model, ServerSettings(stop_seconds=0.05))
        monkeypatch.setattr(service.scheduler, "run_step", never)
        asked = asyncio.create_task(ask(service, "/v1/score", {"text": TEXT}, heard.append))
        async with asyncio.timeout(30):
            while not service.scheduler.tickets:
                await asyncio.sleep(0.001)
        await asyncio.wait_for(service.stop(), 30)
        await asked

    asyncio.run(stop())
    assert heard[0]["status"] == 504
