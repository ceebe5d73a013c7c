"""A server that is stopped while it answers."""

import http.client
import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.server.live import (
    LONG,
    LONG_SENTENCES,
    PATIENCE,
    TEXTS,
    UNHURRIED,
    Launcher,
    Server,
    wait_until,
    wait_until_at_work,
)

BODY = json.dumps({"text": "Officials said that it might rain."}).encode()
LENIENT = {**UNHURRIED, "SAYSO_STOP_SECONDS": "600", "SAYSO_LIMITS__BODY_SECONDS": "600"}
ENDLESS = " ".join(TEXTS * 300)
"""36,000 sentences: minutes of work."""
ROOM = {"SAYSO_LIMITS__TEXT_CHARACTERS": "9000000", "SAYSO_LIMITS__BODY_BYTES": "90000000"}


def asked_anew(server: Server, method: str, path: str) -> tuple[int | None, str]:
    """Status and error code of an answer over a new connection; None for no connection."""
    body = {"text": "It may rain."} if method == "POST" else None
    try:
        answer = httpx.request(
            method, server.url + path, json=body, timeout=PATIENCE, trust_env=False
        )
    except httpx.TransportError:
        return None, ""
    is_error = answer.status_code >= 400
    return answer.status_code, answer.json()["error"]["code"] if is_error else ""


@contextmanager
def half_sent(server: Server) -> Iterator[socket.socket]:
    """A request of whose body only the first half was sent."""
    head = f"POST /v1/score HTTP/1.1\r\nhost: a\r\ncontent-length: {len(BODY)}\r\n"
    head += "content-type: application/json\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(head.encode() + BODY[:20])
        yield connection


def status_of_the_whole(connection: socket.socket) -> int:
    """Send the other half, and read the answer."""
    connection.sendall(BODY[20:])
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert json.loads(answer.read())
    return answer.status


@pytest.mark.slow
def test_a_stop_finishes_requests_in_flight_and_refuses_new_ones(
    tmp_path: Path, launcher: Launcher
) -> None:
    with (
        launcher.launch(tmp_path, LENIENT) as server,
        ThreadPoolExecutor(2) as senders,
        half_sent(server) as half,
    ):
        scoring = senders.submit(server.client.post, "/v1/score", json={"text": LONG})
        reading = senders.submit(server.client.post, "/v1/score/stream", json={"text": LONG})
        wait_until_at_work(server)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: asked_anew(server, "GET", "/readyz") == (503, "stopping"))
        assert asked_anew(server, "POST", "/v1/score") == (503, "stopping")
        assert asked_anew(server, "POST", "/v1/score/stream") == (503, "stopping")
        assert asked_anew(server, "GET", "/livez") == (200, "")
        assert len(scoring.result().json()["sentences"]) == LONG_SENTENCES
        *sentences, last = map(json.loads, reading.result().text.splitlines())
        assert len(sentences) == LONG_SENTENCES
        assert last["report"]["summary"]["sentences"] == LONG_SENTENCES
        assert server.process.poll() is None
        # Its scoring had not begun: it may be refused.
        assert status_of_the_whole(half) in {200, 503}
        assert server.process.wait(PATIENCE) == 0
        assert asked_anew(server, "POST", "/v1/score") == (None, "")


@pytest.mark.slow
def test_ctrl_c_reaches_all_processes_and_finishes_requests_in_flight(
    tmp_path: Path, launcher: Launcher
) -> None:
    with (
        launcher.launch(tmp_path, LENIENT, workers=2) as server,
        ThreadPoolExecutor(1) as sender,
    ):
        scoring = sender.submit(server.client.post, "/v1/score", json={"text": LONG})
        wait_until_at_work(server)
        os.killpg(server.process.pid, signal.SIGINT)
        assert scoring.result().status_code == 200
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_long_requests_do_not_delay_the_stop(tmp_path: Path, launcher: Launcher) -> None:
    with (
        launcher.launch(tmp_path, {**LENIENT, **ROOM, "SAYSO_STOP_SECONDS": "1"}) as server,
        ThreadPoolExecutor(2) as senders,
        half_sent(server),
    ):
        scoring = senders.submit(server.client.post, "/v1/score", json={"text": ENDLESS})
        wait_until_at_work(server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        with suppress(httpx.TransportError):  # broken off, or answered
            assert scoring.result().status_code in {503, 504}


@pytest.mark.slow
def test_disconnected_clients_do_not_delay_the_stop(tmp_path: Path, launcher: Launcher) -> None:
    with launcher.launch(tmp_path, LENIENT) as server:
        with half_sent(server):
            assert asked_anew(server, "GET", "/livez") == (200, "")
        with server.client.stream("POST", "/v1/score/stream", json={"text": LONG}) as answer:
            next(answer.iter_lines())
        wait_until(lambda: server.metric("sayso_requests_total", status="499") >= 1)
        server.process.send_signal(signal.SIGTERM)
        # Not the minute after which BentoML gives up whoever has had no answer.
        assert server.process.wait(45) == 0
