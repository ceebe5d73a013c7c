"""The real server: `sayso serve`, and `bentoml serve` of a packed Bento."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from sayso.cli.serve import serve
from sayso.engine.scorer import Scorer
from sayso.errors import BundleError, InputError
from sayso.server.answers import report_answer
from sayso.server.info import InfoAnswer
from sayso.server.schemas import ErrorAnswer, ScoreRequest
from tests.server.live import (
    LONG,
    LONG_SENTENCES,
    TEXTS,
    UNHURRIED,
    Launcher,
    Server,
    free_port,
    metric_of,
    only_local,
    own_answer,
    wait_until,
    wait_until_at_work,
)

JSON = {"content-type": "application/json"}


@pytest.fixture
def client(server: Server) -> httpx.Client:
    return server.client


@pytest.mark.slow
def test_concurrent_answers_are_the_engines_own(
    client: httpx.Client, packed_engine: Scorer
) -> None:
    with ThreadPoolExecutor(8) as senders:
        answers = senders.map(lambda text: client.post("/v1/score", json={"text": text}), TEXTS)
        for text, answer in zip(TEXTS, answers, strict=True):
            assert answer.status_code == 200
            assert answer.content == own_answer(packed_engine, text)


@pytest.mark.slow
def test_probes_answer_while_a_long_text_is_scored(server: Server) -> None:
    client = server.client
    with ThreadPoolExecutor(1) as sender:
        scoring = sender.submit(client.post, "/v1/score", json={"text": LONG})
        wait_until_at_work(server)
        answered = 0
        while not scoring.done():
            assert client.get("/livez").status_code == 200
            assert client.get("/readyz").status_code == 200
            answered += 1
            only_local(server)
            time.sleep(0.05)
        assert answered >= 3
        assert len(scoring.result().json()["sentences"]) == LONG_SENTENCES


@pytest.mark.slow
def test_a_stream_begins_while_later_sentences_are_scored(
    server: Server, packed_engine: Scorer
) -> None:
    def streams_ended() -> float:
        return server.metric("sayso_requests_total", route="/v1/score/stream")

    before = streams_ended()
    with server.client.stream("POST", "/v1/score/stream", json={"text": LONG}) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        read = [json.loads(next(lines))]
        wait_until_at_work(server)
        assert streams_ended() == before
        read += map(json.loads, lines)
    wait_until(lambda: streams_ended() == before + 1)
    own = report_answer(packed_engine.score(LONG), ScoreRequest(text=LONG))
    *sentences, last = json.loads(json.dumps(read))
    assert [one["sentence"] for one in sentences] == json.loads(json.dumps(own.pop("sentences")))
    assert last == {"report": json.loads(json.dumps(own))}


@pytest.mark.slow
def test_probes_info_and_page(client: httpx.Client, packed_engine: Scorer) -> None:
    for path in ("/livez", "/readyz", "/healthz", "/metrics", "/openapi.json"):
        assert client.get(path).status_code == 200
    info = InfoAnswer.model_validate_json(client.get("/v1/info").text)
    assert info.model.digest == packed_engine.bundle.digest
    assert "<title>Sayso</title>" in client.get("/").text


@pytest.mark.slow
def test_metrics_count_requests(server: Server, packed_engine: Scorer) -> None:
    text = "Officials said so. It may rain."
    before = server.client.get("/metrics").text
    assert server.client.post("/v1/score", json={"text": text}).status_code == 200
    assert server.client.get("/nothing/of/ours").status_code == 404

    def grown(name: str, **labels: str) -> float:
        return server.metric(name, **labels) - metric_of(before, name, **labels)

    counted = {"route": "/v1/score", "method": "POST", "status": "200"}
    wait_until(lambda: grown("sayso_requests_total", **counted))
    assert grown("sayso_requests_total", **counted) == 1
    assert grown("sayso_requests_total", route="unknown", status="404") == 1
    assert grown("sayso_rejected_total", code="not_found") == 1
    assert grown("sayso_request_seconds_count", route="/v1/score") == 1
    assert grown("sayso_part_seconds_count", part="infer") == 1
    assert grown("sayso_sentences_total") == 2
    assert grown("sayso_characters_total") == 30
    assert server.metric("sayso_model_info", model=packed_engine.bundle.model_version) == 1
    assert "bentoml" not in before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/score", b"{", 400),
        ("GET", "/nothing", None, 404),
        ("GET", "/docs.json", None, 404),
        ("GET", "/schema.json", None, 404),
        ("GET", "/static_content/swagger-ui.css", None, 404),
        ("GET", "/assets/index.js", None, 404),
        ("POST", "/__metrics__", b"{}", 404),
        ("POST", "/livez", b"{}", 405),
        ("POST", "/readyz", b"{}", 405),
        ("POST", "/metrics", b"{}", 405),
        ("GET", "/v1/score", None, 405),
        ("HEAD", "/v1/score", None, 405),
        ("INVENTED", "/v1/score", None, 405),
        ("POST", "/v1/score", b" " * 2_000_000, 413),
        ("POST", "/v1/score", b'{"text": ""}', 422),
        ("POST", "/v2/check", b"{}", 422),
        ("POST", "/v1alpha1/comments:analyze", b"{}", 422),
    ],
)
def test_every_error_has_the_same_shape(
    client: httpx.Client, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = client.request(method, path, content=body, headers=JSON)
    assert answer.status_code == status
    assert answer.headers["x-request-id"]
    if method != "HEAD":
        shaped = ErrorAnswer.model_validate_json(answer.text)
        assert shaped.request_id == answer.headers["x-request-id"]


@pytest.mark.slow
def test_a_long_body_of_no_declared_length_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/score", content=iter([b" " * 65_536] * 32), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["error"]["limit"] == 1_048_576


@pytest.mark.slow
def test_metrics_of_two_workers_at_a_port_of_their_own(tmp_path: Path, launcher: Launcher) -> None:
    port = free_port()
    own_port = {**UNHURRIED, "SAYSO_METRICS_PORT": str(port)}
    with launcher.launch(tmp_path, own_port, workers=2) as server:
        asked = 0

        def ask(number: int) -> int:
            # A connection of its own, so that either worker may get it.
            body = {"text": f"Dam {number} may fail."}
            return httpx.post(f"{server.url}/v1/score", json=body, trust_env=False).status_code

        def each_worker_has_some() -> bool:
            nonlocal asked
            with ThreadPoolExecutor(8) as senders:
                assert set(senders.map(ask, range(40))) == {200}
            asked += 40
            counted = tmp_path.rglob("counter_*.db")
            return [b"/v1/score" in one.read_bytes() for one in counted].count(True) == 2

        def metrics() -> str:
            return httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text

        wait_until(each_worker_has_some)
        wait_until(lambda: metric_of(metrics(), "sayso_sentences_total") >= asked)
        counts = {"route": "/v1/score", "status": "200"}
        assert metric_of(metrics(), "sayso_requests_total", **counts) == asked
        assert metric_of(metrics(), "sayso_sentences_total") == asked
        assert metric_of(metrics(), "sayso_request_seconds_count", route="/v1/score") == asked
        missing = ErrorAnswer.model_validate_json(server.client.get("/metrics").text)
        assert missing.error.code == "not_found"


@pytest.mark.slow
def test_every_route_answers_from_the_bundle(server: Server, packed_engine: Scorer) -> None:
    client, model = server.client, packed_engine.bundle.model_version
    info = InfoAnswer.model_validate_json(client.get("/v1/info").text)
    assert (info.model.version, info.model.digest) == ("packed", packed_engine.bundle.digest)
    for text in TEXTS[:5]:
        expected = own_answer(packed_engine, text)
        assert client.post("/v1/score", json={"text": text}).content == expected
        body = {"documents": [{"id": 7, "text": text}]}
        results = client.post("/v1/score/batch", json=body).json()["results"]
        assert results == [{"id": 7, "report": json.loads(expected)}]
        lines = client.post("/v1/score/stream", json={"text": text}).text.splitlines()
        assert json.loads(lines[-1])["report"]["model"] == model
    form = {"text": TEXTS[0], "language": "en"}
    assert client.post("/v2/check", data=form).json()["matches"]
    comment = {"comment": {"text": TEXTS[0]}, "requestedAttributes": {"HEDGING": {}}}
    scores = client.post("/v1alpha1/comments:analyze", json=comment).json()["attributeScores"]
    assert scores["HEDGING"]["summaryScore"]["value"] > 0.5
    assert "<title>Sayso</title>" in client.get("/").text


def test_a_taken_port_is_reported_before_the_server_starts() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(
            InputError, match=r"cannot listen on 127\.0\.0\.1, port \d+: address already"
        ),
    ):
        serve(port=taken.getsockname()[1])


def test_a_foreign_address_is_reported_before_the_server_starts() -> None:
    with pytest.raises(InputError, match="choose others with --host and --port"):
        serve(host="192.0.2.1", port=0)


def test_a_broken_bundle_is_reported_before_the_server_starts(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a Sayso bundle"):
        serve(port=0, bundle=str(tmp_path))
