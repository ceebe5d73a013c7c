"""A proxy between the extension and Sayso: it records all requests, and can misbehave."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

FORWARDED = ("content-type", "authorization")
RETURNED = ("content-type", "retry-after")


@dataclass(frozen=True)
class Asked:
    """A request, and the lines of Sayso's answer so far."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    status: int
    lines: list[Any]


@dataclass(frozen=True)
class Reply:
    """An answer that Sayso did not give."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """Words that the server named, and all that was sent before and after them."""

    label: str
    before: str
    words: str
    after: str


Misbehaviour = Callable[[str, Any], Reply | None]
"""Gives the answer to a path and its body; None if Sayso may answer."""


class Recorder(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.client = httpx.Client(base_url=upstream, timeout=60, trust_env=False)
        self.asked: list[Asked] = []
        self.misbehave: Misbehaviour = lambda _path, _body: None
        self.change_info: Callable[[dict[str, Any]], None] = lambda _info: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def scored(self) -> list[Asked]:
        """The requests that held text and were answered."""
        return [one for one in self.asked if one.method == "POST" and one.status == 200]

    def spans(self, thresholds: Mapping[str, float]) -> list[Span]:
        """All evidence that the answers named, in the order of the texts, of sentences whose score
        reaches the threshold.
        """
        return [
            Span(span["label"], *_cut(one.body["text"], span["start"], span["end"]))
            for one in self.scored()
            for line in one.lines
            if "sentence" in line
            for span in line["sentence"]["evidence"]
            if line["sentence"]["scores"][span["label"]] >= thresholds[span["label"]]
        ]

    def named(self, thresholds: Mapping[str, float]) -> list[tuple[str, str]]:
        """Label and words of all that evidence."""
        return [(one.label, one.words) for one in self.spans(thresholds)]

    def thresholds(self) -> dict[str, float]:
        labels = self.client.get("/v1/info").json()["labels"]
        return {one["label"]: one["threshold"] for one in labels}

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no error."""


def _cut(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What is before, in, and after `text[start:end]` by UTF-16 code units."""
    units = text.encode("utf-16-le")
    parts = (units[: 2 * start], units[2 * start : 2 * end], units[2 * end :])
    before, words, after = (part.decode("utf-16-le") for part in parts)
    return before, words, after


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def do_OPTIONS(self) -> None:
        """A preflight: the extension needs none where the browser lets it ask."""
        self._give(Reply(405), None)

    def _answer(self, body: Any) -> None:
        own = self.server.misbehave(self.path, body)
        if own is not None:
            self._give(own, body)
            return
        headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
        content = None if body is None else json.dumps(body).encode()
        with self.server.client.stream(
            self.command, self.path, headers=headers, content=content
        ) as answer:
            if self.path == "/v1/info" and answer.status_code == 200:
                info = json.loads(answer.read())
                self.server.change_info(info)
                own = Reply(200, json.dumps(info).encode(), {"content-type": "application/json"})
                self._give(own, body)
                return
            returned = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
            asked = self._record(answer.status_code, body)
            self._begin(answer.status_code, returned)
            rest = b""
            for part in answer.iter_bytes():
                # Recorded before it is sent on: a test may look here as soon as it has come.
                *whole, rest = (rest + part).split(b"\n")
                asked.lines.extend(map(json.loads, whole))
                self.wfile.write(part)
                self.wfile.flush()

    def _give(self, reply: Reply, body: Any) -> None:
        self._record(reply.status, body)
        self._begin(reply.status, reply.headers)
        self.wfile.write(reply.body)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _record(self, status: int, body: Any) -> Asked:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body, status, [])
        self.server.asked.append(asked)
        return asked

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def recording(upstream: str) -> Iterator[Recorder]:
    with Recorder(upstream) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            recorder.client.close()
            thread.join(5)
