"""A stream: a line for each sentence as soon as it is ready, and a last one for report or error."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from prometheus_client import REGISTRY
from starlette.testclient import TestClient
from starlette.types import Message

from sayso.engine.report import OffsetUnit
from sayso.engine.report_builder import ReportBuilder
from sayso.engine.scorer import Scorer
from sayso.server import routes
from sayso.server.app import Service
from sayso.server.errors import Refusal
from sayso.server.reloadable import ReloadableModel
from sayso.server.request_context import RequestContext
from sayso.server.routes import FIRST_STEPS
from sayso.server.scheduler import STEP_SENTENCES
from sayso.server.settings import Limits, ServerSettings
from tests.server.common import LONG, TEXT, ask, asking, builder_of, plain, refused, service_of

PATH = "/v1/score/stream"
CANARY = "canary"
COUNT = sum(FIRST_STEPS) + STEP_SENTENCES + 1
STARTS = [0, FIRST_STEPS[0], sum(FIRST_STEPS[:2]), sum(FIRST_STEPS), COUNT - 1]


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


@pytest.fixture
def on_step(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Callable[[RequestContext, int], object]], None]:
    """Replaces every text by a made-up one; a function is called before each of its steps."""

    def observe(observer: Callable[[RequestContext, int], object]) -> None:
        def report_starter(
            scorer: object, document: object, options: object, record: RequestContext
        ) -> Any:
            return lambda: builder_of(COUNT, lambda first: observer(record, first))

        monkeypatch.setattr(routes, "report_starter", report_starter)

    return observe


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text.endswith("\n")
    return [json.loads(line) for line in answer.text[:-1].split("\n")]


@pytest.mark.parametrize(
    "body",
    [
        {"text": TEXT},
        {"text": LONG},
        {"text": " "},
        {"text": "A line\u2028of its own, they said.\u0085It may be."},
        {"sentences": ["One. Two might be.", "", "Sources say three."]},
    ],
    ids=["mixed", "long", "blank", "separators", "sentences"],
)
@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_lines_are_the_engines_own_report(
    client: TestClient, scorer: Scorer, body: dict[str, Any], unit: OffsetUnit
) -> None:
    *sentences, end = lines(client.post(PATH, json={**body, "offset_unit": unit}))
    own = plain(
        scorer.score(body["text"], offset_unit=unit)
        if "text" in body
        else scorer.score_sentences(body["sentences"], offset_unit=unit)
    )
    assert sentences == [{"sentence": one} for one in own.pop("sentences")]
    assert end == {"report": own}


def test_options_are_respected(client: TestClient, scorer: Scorer) -> None:
    options = {"labels": ["hedging"], "thresholds": {"hedging": 0}}
    body = {"text": TEXT, "evidence": False, "include_text": False, **options}
    *sentences, end = lines(client.post(PATH, json=body))
    own = plain(scorer.score(TEXT, labels=["hedging"], thresholds={"hedging": 0}))
    for one in own["sentences"]:
        del one["evidence"], one["text"]
    assert sentences == [{"sentence": one} for one in own.pop("sentences")]
    assert end == {"report": own}


def test_a_step_is_sent_before_the_next_one_is_ready(
    model: ReloadableModel, on_step: Callable[..., None]
) -> None:
    go, heard = Event(), list[bytes]()

    def waits(_: RequestContext, first: int) -> None:
        assert not first or go.wait(60)

    def hears(message: Message) -> None:
        sent = b"".join([*heard, message.get("body", b"")]).count(b"\n")
        if sent == FIRST_STEPS[0]:
            go.set()
        heard.append(message.get("body", b""))

    on_step(waits)
    service = Service(model, ServerSettings())
    asyncio.run(asyncio.wait_for(ask(service, PATH, {"text": TEXT}, hears), 60))
    assert go.is_set()
    assert b"".join(heard).count(b"\n") == COUNT + 1


def test_the_first_steps_are_short(client: TestClient, on_step: Callable[..., None]) -> None:
    starts: list[int] = []
    on_step(lambda _, first: starts.append(first))
    assert len(lines(client.post(PATH, json={"text": TEXT}))) == COUNT + 1
    assert starts == STARTS


def test_a_late_stream_ends_with_an_error_line(
    client: TestClient, on_step: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def is_late(record: RequestContext, first: int) -> None:
        if first:
            record.due = 0.0

    on_step(is_late)
    with caplog.at_level(logging.INFO):
        answer = client.post(PATH, json={"text": TEXT})
    *sentences, end = lines(answer)
    assert [one["sentence"]["index"] for one in sentences] == list(range(STARTS[2]))
    assert end["error"]["code"] == "too_slow"
    assert end["request_id"] == answer.headers["x-request-id"]
    (line,) = [vars(one) for one in caplog.records if one.name == "sayso.access"]
    assert (line["status"], line["code"]) == (200, "too_slow")
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("seconds", [0, 0.2, 0.9])
def test_a_stream_that_is_late_before_its_first_line_is_504(
    model: ReloadableModel, seconds: float
) -> None:
    with asking(model, Limits(seconds=seconds)) as hasty:
        refused(hasty.post(PATH, json={"text": TEXT}), 504, "too_slow")
        assert service_of(hasty).load_shedding.inside == 0


def test_an_error_in_mid_stream_is_reported_without_its_text(
    client: TestClient, on_step: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: RequestContext, first: int) -> None:
        if first:
            raise ValueError(CANARY)

    on_step(fails)
    with caplog.at_level(logging.DEBUG):
        answer = client.post(PATH, json={"text": CANARY})
    *sentences, end = lines(answer)
    assert [one["sentence"]["index"] for one in sentences] == list(range(STARTS[1]))
    assert end["error"]["code"] == "internal_error"
    assert end["request_id"] == answer.headers["x-request-id"]
    assert CANARY not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert end["request_id"] in caplog.text
    (line,) = [vars(one) for one in caplog.records if one.name == "sayso.access"]
    assert line["code"] == "internal_error"


def test_a_refusal_in_mid_stream_is_reported_unchanged(
    client: TestClient, on_step: Callable[..., None]
) -> None:
    def refuses(_: RequestContext, first: int) -> None:
        if first:
            raise Refusal(413, "text_too_long", "too long", field="text", limit=3)

    on_step(refuses)
    end = lines(client.post(PATH, json={"text": TEXT}))[-1]
    assert end["error"] == {
        "code": "text_too_long",
        "message": "too long",
        "field": "text",
        "limit": 3,
    }


def test_an_error_before_the_first_line_is_500(
    client: TestClient, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> ReportBuilder:
        raise ValueError("canary")

    monkeypatch.setattr(scorer, "begin", fail)
    answer = client.post(PATH, json={"text": TEXT})
    refused(answer, 500, "internal_error")
    assert "canary" not in answer.text


@pytest.mark.parametrize("ends", ["is late", "fails", "is done"])
def test_a_stream_frees_its_slot_however_it_ends(
    client: TestClient, on_step: Callable[..., None], ends: str
) -> None:
    def end(record: RequestContext, first: int) -> None:
        if first and ends == "is late":
            record.due = 0.0
        assert not (first and ends == "fails")

    on_step(end)
    client.post(PATH, json={"text": TEXT})
    service = service_of(client)
    assert service.load_shedding.inside == 0
    assert REGISTRY.get_sample_value("sayso_waiting_characters") == 0
    assert not service.scheduler.tickets


@pytest.mark.parametrize("stops_at", ["http.response.start", "http.response.body"])
def test_nothing_is_kept_or_scored_for_a_disconnected_client(
    model: ReloadableModel, on_step: Callable[..., None], stops_at: str
) -> None:
    starts: list[int] = []
    on_step(lambda _, first: starts.append(first))

    async def hang_up() -> None:
        service, gone = Service(model, ServerSettings()), asyncio.Event()

        async def hears(message: Message) -> None:
            if message["type"] == stops_at and message.get("body") != b"":
                gone.set()
                await asyncio.Event().wait()  # nobody reads on

        await asyncio.wait_for(ask(service, PATH, {"text": TEXT}, hears, gone), 60)
        assert service.load_shedding.inside == 0
        assert not service.scheduler.tickets

    asyncio.run(hang_up())
    assert starts == STARTS[:1]
