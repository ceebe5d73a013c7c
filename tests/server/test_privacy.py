"""Nothing that clients send is kept or repeated, whatever happens, and nobody is called."""

import http.client
import json
import re
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from sayso.server.keys import new_key
from tests.server.live import (
    PATIENCE,
    UNHURRIED,
    Launcher,
    Server,
    only_local,
    wait_until,
)

CANARY = "Zanzikwort"
TEXT = f"Officials said that {CANARY} might fail. “{CANARY}!” he cried 🌊."
KEY, LINE = new_key("desk")
SPENT, SPENT_LINE = new_key("spent")
UNKNOWN, _ = new_key(CANARY)
STRICT = {
    **UNHURRIED,
    "SAYSO_KEYS": f"{LINE},{SPENT_LINE}",
    "SAYSO_KEY_RATE": "500/day",
    "SAYSO_ALLOWED_ORIGINS": "https://news.example",
    "SAYSO_LIMITS__REQUESTS": "1",
    "SAYSO_LIMITS__BODY_SECONDS": "3",
    "SAYSO_LIMITS__BODY_BYTES": "20000",
    "SAYSO_LIMITS__TEXT_CHARACTERS": "10000",
    "SAYSO_LIMITS__SENTENCES": "5",
    "SAYSO_LIMITS__DOCUMENTS": "5",
    "SAYSO_LOG_LEVEL": "debug",
}
"""Settings that refuse much."""
JSON = {"content-type": "application/json"}
SCORE = "/v1/score", "/v1/score/stream"
PERSPECTIVE = "/v1alpha1/comments:analyze"
UNFIT = f"{CANARY} as a name"
"""An unknown field; one that looks like a name is repeated, so that the client finds it."""
QUERY = f"?text={CANARY}&{CANARY}=1"


def found_in(content: bytes) -> bool:
    """Whether the canary, or a key, is in it, as it is or as JSON, URLs or other encodings spell
    it.
    """
    spelled = [CANARY.encode(), CANARY.encode("utf-16-le"), KEY.encode(), SPENT.encode()]
    spelled += [UNKNOWN.encode()]
    return any(one.lower() in content.lower() for one in spelled)


class Asker:
    """Sends requests, and checks each answer: a refusal may repeat nothing."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.statuses: set[int] = set()
        self.codes: set[str] = set()
        self.headers = {"x-request-id": f"{CANARY} unfit", "cookie": CANARY, "referer": CANARY}
        self.headers |= {"user-agent": CANARY, f"x-{CANARY}": CANARY}

    def ask(self, path: str, method: str = "POST", key: str = KEY, **more: Any) -> httpx.Response:
        headers = {**self.headers, "x-api-key": key, **more.pop("headers", {})}
        answer = self.server.client.request(method, path, headers=headers, **more)
        self.look_at(answer.status_code, answer.headers, answer.content)
        return answer

    def look_at(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.statuses.add(status)
        assert not found_in(str(dict(headers)).encode())
        if status == 200:
            return
        assert not found_in(content)
        self.codes |= set(re.findall(r'"code": "(\w+)"', content.decode()))

    @contextmanager
    def connection(self, sent: bytes) -> Iterator[socket.socket]:
        address = ("127.0.0.1", self.server.port)
        with socket.create_connection(address, timeout=PATIENCE) as connection:
            connection.sendall(sent)
            yield connection

    def ask_raw(self, sent: bytes) -> None:
        """Send bytes that no client library would."""
        with self.connection(sent) as connection:
            self.hear(connection)

    def hear(self, connection: socket.socket) -> None:
        answer = http.client.HTTPResponse(connection)
        try:
            answer.begin()
        except http.client.HTTPException:
            return  # no response, no text
        self.look_at(answer.status, dict(answer.getheaders()), answer.read())


def valid_requests(asker: Asker) -> None:
    sentences = [TEXT, f"{CANARY} may be."]
    for path, body in product(SCORE, ({"text": TEXT}, {"sentences": sentences})):
        assert CANARY in asker.ask(path, json=body).text
    documents = [{"id": CANARY, "text": TEXT}, {"id": f"{CANARY} 2"}, {UNFIT: CANARY}, CANARY]
    documents += [{"id": CANARY, "text": f"{CANARY}\ud800"}]
    body = json.dumps({"documents": documents})
    results = asker.ask("/v1/score/batch", content=body, headers=JSON).json()["results"]
    assert [one["id"] for one in results] == [CANARY, f"{CANARY} 2", None, None, CANARY]
    assert not any(CANARY in one["error"]["message"] for one in results[1:])
    data = json.dumps({"annotation": [{"markup": f"<{CANARY}>"}, {"text": TEXT}]})
    for form in ({"text": TEXT}, {"data": data}):
        more = {"disabledRules": CANARY, "username": CANARY, CANARY: CANARY}
        form |= {"language": f"en-{CANARY}", **more}
        assert CANARY in asker.ask("/v2/check", data=form).text
        assert CANARY in asker.ask("/v2/check", data={**form, "apiKey": KEY}, key="").text
    comment = {"comment": {"text": TEXT}, "requestedAttributes": {"HEDGING": {}}}
    comment |= {"clientToken": CANARY, "sessionId": CANARY, CANARY: {CANARY: CANARY}}
    assert asker.ask(f"{PERSPECTIVE}?key={KEY}&alt={CANARY}", key="", json=comment).is_success
    for path in ("/", "/livez", "/readyz", "/v1/info", "/openapi.json", "/metrics"):
        assert asker.ask(path + QUERY, "GET").status_code == 200


def unknown_paths_and_methods(asker: Asker) -> None:
    for path in (
        f"/{CANARY}",
        f"/v1/{CANARY}/{TEXT}",
        f"/v1/score/{CANARY}",
        f"/v1/score;{CANARY}",
    ):
        for method in ("GET", "POST", "OPTIONS", CANARY):
            asker.ask(path + QUERY, method, json={"text": TEXT})
    for path in ("/v1/score", "/v1/info", "/v2/check", "/", "/metrics", PERSPECTIVE):
        asker.ask(path + QUERY, CANARY, content=TEXT)
    preflight = {"origin": f"https://{CANARY}.example", "access-control-request-headers": CANARY}
    preflight |= {"access-control-request-method": CANARY}
    asker.ask("/v1/score", "OPTIONS", headers=preflight)
    asker.ask("/v1/score", headers=preflight, json={"text": ""})


def invalid_bodies(asker: Asker) -> None:
    bodies: list[Any] = [
        CANARY,
        [CANARY],
        {UNFIT: CANARY},
        {"text": [CANARY]},
        {"text": {UNFIT: 1}},
    ]
    bodies += [{"text": TEXT, "sentences": [TEXT]}, {"text": TEXT, "offset_unit": CANARY}]
    bodies += [{"text": TEXT, "labels": [CANARY]}, {"text": TEXT, "thresholds": {UNFIT: 0.5}}]
    bodies += [{"text": TEXT, "thresholds": {"hedging": CANARY}}, {"sentences": [TEXT, [CANARY]]}]
    bodies += [{"text": f"{CANARY}\ud800"}, {"documents": CANARY}, {"documents": []}]
    broken = [json.dumps(body).encode() for body in bodies]
    broken += [f'{{"text": "{CANARY}'.encode(), f'{{"text": {CANARY}}}'.encode(), TEXT.encode()]
    broken += [b'{"text": "%s \xff"}' % CANARY.encode(), TEXT.encode("utf-16"), b"", b"[" * 9_999]
    for path, content in product([*SCORE, "/v1/score/batch", PERSPECTIVE], broken):
        assert 400 <= asker.ask(path + QUERY, content=content, headers=JSON).status_code < 500
    for field in ("requestedAttributes", "languages", "comment", "spanAnnotations"):
        comment: dict[str, Any] = {
            "comment": {"text": TEXT},
            "requestedAttributes": {"HEDGING": {}},
        }
        asker.ask(PERSPECTIVE, json={**comment, field: {UNFIT: CANARY}})
        asker.ask(PERSPECTIVE, json={**comment, field: CANARY})
    forms: list[dict[str, Any]] = [{"text": TEXT}, {"text": TEXT, "language": CANARY}]
    forms += [{"data": TEXT, "language": "en"}, {"text": TEXT, "data": TEXT, "language": "en"}]
    forms += [{"text": TEXT, "language": "en", "enabledOnly": CANARY}, {"language": "en"}]
    forms += [{"data": json.dumps({"annotation": [{CANARY: CANARY}]}), "language": "en"}]
    for form in forms:
        assert asker.ask("/v2/check", data=form).status_code == 422
        asker.ask("/v2/check", data=form, files={CANARY: (CANARY, TEXT.encode(), "text/plain")})
    asker.ask("/v2/check", files={"text": (CANARY, TEXT.encode())}, data={"language": "en"})
    multipart = {"content-type": f"multipart/form-data; boundary={CANARY}"}
    asker.ask("/v2/check", content=f"--{CANARY}\r\n{TEXT}", headers=multipart)
    asker.ask("/v2/check", content=TEXT.encode() + b"\xff", headers=multipart)


def refused_requests(asker: Asker) -> None:
    for declared in ("text/plain", f"text/{CANARY}", CANARY, ""):
        asker.ask(
            "/v1/score", content=json.dumps({"text": TEXT}), headers={"content-type": declared}
        )
    asker.ask("/v1/score", json={"text": TEXT}, headers={"content-encoding": CANARY})
    asker.ask("/v1/score", json={"text": CANARY * 1_500})
    asker.ask("/v1/score", json={"text": CANARY * 15_000})
    asker.ask("/v1/score", content=iter([CANARY.encode() * 1_000] * 15), headers=JSON)
    asker.ask("/v1/score", json={"sentences": [TEXT] * 6})
    asker.ask("/v1/score/batch", json={"documents": [{"text": TEXT}] * 6})
    for key in ("", CANARY, UNKNOWN):
        asker.ask("/v1/score", json={"text": TEXT}, key=key)
        bearer = {"authorization": f"Bearer {key or CANARY}"}
        asker.ask("/v1/score", json={"text": TEXT}, key="", headers=bearer)
        asker.ask("/v2/check", data={"text": TEXT, "language": "en", "apiKey": key}, key="")
        asker.ask(f"{PERSPECTIVE}?key={key}", json={"comment": {"text": TEXT}}, key="")
    answers = (asker.ask("/v1/info", "GET", key=SPENT) for _ in range(1000))
    assert any(answer.status_code == 429 for answer in answers)


def malformed_http(asker: Asker) -> None:
    word = CANARY.encode()
    asker.ask_raw(b"%s\r\n\r\n" % word)
    asker.ask_raw(b"%s / HTTP/1.1\r\nhost: a\r\n%s\r\n\r\n" % (word, word))
    asker.ask_raw(b"GET /%s HTTP/9.%s\r\n\r\n" % (word, word))
    asker.ask_raw(b"POST /v1/score HTTP/1.1\r\nhost: a\r\ncontent-length: %s\r\n\r\n" % word)
    upgrade = b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    upgrade += (
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: %s\r\n" % word
    )
    asker.ask_raw(b"GET /%s?%s HTTP/1.1\r\nhost: a\r\n%s\r\n" % (word, word, upgrade))


def slow_and_lost_callers(asker: Asker) -> None:
    """While the one request that is admitted is half sent, another is refused."""
    head = f"POST /v1/score{QUERY} HTTP/1.1\r\nhost: a\r\nx-api-key: {KEY}\r\n"
    head += "content-type: application/json\r\ncontent-length: 9000\r\n\r\n"
    half = (head + json.dumps({"text": TEXT * 40})).encode()

    def is_overloaded() -> bool:
        return asker.ask("/v1/score", json={"text": TEXT}).status_code == 503

    @contextmanager
    def half_sent() -> Iterator[socket.socket]:
        while True:
            with asker.connection(half) as connection:
                if is_overloaded():  # or else the other was first, and the half may be refused
                    yield connection
                    return

    with half_sent() as connection:
        asker.hear(connection)
    with half_sent():
        pass  # hangs up
    wait_until(lambda: not is_overloaded())


def spoil_the_metrics(asker: Asker) -> None:
    """An error of the server whose message would quote the unreadable metrics."""
    (counts,) = asker.server.home.rglob("histogram_*.db")
    key = CANARY.encode() + b"  "
    spoilt = counts.with_name("counter_0.db")
    spoilt.write_bytes(struct.pack("ii", 36, 0) + struct.pack("i", len(key)) + key + bytes(16))
    assert asker.ask("/metrics" + QUERY, "GET").status_code == 500
    spoilt.unlink()


ALL: tuple[Callable[[Asker], None], ...] = (
    valid_requests,
    unknown_paths_and_methods,
    invalid_bodies,
    refused_requests,
    malformed_http,
    slow_and_lost_callers,
)


def require_nothing_kept(server: Server) -> None:
    """Search all files that the server has written."""
    assert server.log
    files = [path for path in server.home.rglob("*") if path.is_file()]
    assert server.home / "log" in files
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        assert not found_in(path.read_bytes()), path
    assert not found_in(server.client.get("/metrics").content)


@pytest.mark.slow
def test_no_response_log_or_file_repeats_the_sent_text(launcher: Launcher, tmp_path: Path) -> None:
    with launcher.launch(tmp_path, STRICT) as server:
        asker = Asker(server)
        for act in ALL:
            act(asker)
            only_local(server)
        assert asker.statuses >= {200, 400, 401, 404, 405, 408, 413, 415, 422, 429, 503}
        expected = {"invalid_json", "unauthorized", "not_found", "slow_body", "body_too_large"}
        expected |= {"text_too_long", "too_many_sentences", "too_many_documents", "overloaded"}
        expected |= {"preflight_refused", "too_many_requests", "method_not_allowed"}
        assert asker.codes >= expected
        require_nothing_kept(server)
        spoil_the_metrics(asker)
        assert "internal_error" in asker.codes
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(found_in(path.read_bytes()) for path in left)


@pytest.mark.slow
def test_texts_of_requests_that_time_out_are_not_kept(launcher: Launcher, tmp_path: Path) -> None:
    hasty = {"SAYSO_LIMITS__SECONDS": "0", "SAYSO_LOG_FORMAT": "text", "SAYSO_LOG_LEVEL": "debug"}
    with launcher.launch(tmp_path, hasty) as server:
        asker = Asker(server)
        for path in SCORE:
            assert asker.ask(path + QUERY, json={"text": TEXT}).status_code == 504
        form = {"text": TEXT, "language": "en"}
        assert asker.ask("/v2/check", data=form).status_code == 504
        require_nothing_kept(server)
        assert "/v2/check" in server.log


def test_the_canary_is_found_in_every_encoding() -> None:
    assert found_in(f"a {CANARY.upper()} b".encode())
    assert found_in(TEXT.encode("utf-16"))
    assert not found_in(b"Zanzibar")
