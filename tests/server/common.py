"""What the tests of the service share."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

import numpy as np
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from sayso.bundle.manifest import Calibration, LabelSettings
from sayso.engine.network import Network
from sayso.engine.prediction import Prediction
from sayso.engine.report import Report
from sayso.engine.report_builder import InputSentence, ReportBuilder
from sayso.engine.stopwatch import Stopwatch
from sayso.server.app import Service
from sayso.server.keys import new_key
from sayso.server.reloadable import ReloadableModel
from sayso.server.schemas import ErrorAnswer
from sayso.server.settings import Limits, ServerSettings

TEXT = (
    "Officials said the dam could fail.\r\n“It’s a catastrophe 🌊👩‍👩‍👧,” he claimed. "
    "e\u0301tude\u00a0reports say so.\n\nThe council meets on Monday."
)
LONG = " ".join(f"On day {n} officials said that dam {n * 7} might fail." for n in range(150))
KEY, LINE = new_key("desk")
JSON = {"content-type": "application/json"}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "/v1/score": {"json": {"text": TEXT}},
    "/v1/score/batch": {"json": {"documents": [{"text": TEXT}]}},
    "/v1/score/stream": {"json": {"text": TEXT}},
    "/v2/check": {"data": {"text": TEXT, "language": "en"}},
    "/v1alpha1/comments:analyze": {
        "json": {"comment": {"text": TEXT}, "requestedAttributes": {"HEDGING": {}}}
    },
}
"""A right request for each path that scores."""


@contextmanager
def asking(
    model: ReloadableModel, limits: Limits | None = None, **chosen: Any
) -> Iterator[TestClient]:
    """A client of a service with some settings; all it asks happens in one event loop."""
    with TestClient(Service(model, ServerSettings(limits=limits or Limits(), **chosen))) as client:
        yield client


def service_of(client: TestClient) -> Service:
    assert isinstance(client.app, Service)
    return client.app


def asked(client: TestClient, path: str = "/v1/score", **more: Any) -> Any:
    """The answer to a right request, or to one that is changed a little."""
    return client.post(path, **{**BODIES[path], **more})


def protected(headers: Mapping[str, str]) -> None:
    """Check the headers that every answer has."""
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def refused(answer: Any, status: int, code: str) -> ErrorAnswer:
    """Check an error answer's shape and give it back."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/json"
    shaped = ErrorAnswer.model_validate_json(answer.text)
    assert answer.headers["x-request-id"] == shaped.request_id
    assert shaped.error.message
    assert "Traceback" not in answer.text
    return shaped


def plain(report: Report) -> dict[str, Any]:
    """A report as JSON has it, by no way through the service."""
    read: dict[str, Any] = json.loads(json.dumps(report.to_dict()))
    return read


async def ask(
    app: ASGIApp,
    path: str,
    body: object,
    hears: Callable[[Message], object],
    gone: asyncio.Event | None = None,
) -> None:
    """Post a body by hand. The caller hears each message, as slowly as it likes, and hangs up when
    it is `gone`.
    """
    gone = gone or asyncio.Event()
    coming: list[Message] = [
        {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}
    ]

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        heard = hears(message)
        if isawaitable(heard):
            await heard

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "client": ("192.0.2.1", 5),
    }
    await app(scope, receive, send)


class FakeNetwork(Network):
    """Predicts one half for each label; `on_step` gets the index of a step's first sentence."""

    def __init__(self, on_step: Callable[[int], object]) -> None:
        self.done = 0
        self.on_step = on_step

    def predict(
        self, sentences: Sequence[str], stopwatch: Stopwatch | None = None
    ) -> list[Prediction]:
        self.on_step(self.done)
        self.done += len(sentences)
        return [HALF] * len(sentences)


HALF = Prediction(
    sentence_logits=np.zeros(3, np.float32),
    kind_logits=np.zeros(4, np.float32),
    windows=1,
    word_ids=np.zeros(0, np.int32),
    offsets=np.zeros((0, 2), np.int32),
    token_logits=np.zeros((0, 3), np.float32),
)


def builder_of(count: int, on_step: Callable[[int], object] = bool) -> ReportBuilder:
    """A builder of some sentences of four characters; `on_step` as in `FakeNetwork`."""
    return ReportBuilder(
        FakeNetwork(on_step),
        [InputSentence("abc.", 5 * index, ()) for index in range(count)],
        model="fake",
        settings={"hedging": LabelSettings(Calibration(), 0.6, 0.5)},
        warnings=[],
        offset_unit="codepoint",
        text=None,
        stopwatch=Stopwatch(),
    )
