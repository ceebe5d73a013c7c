"""The examples of `docs/wire.md`: answers of the service with the shipped default."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from starlette.testclient import TestClient

from sayso.server.app import Service
from sayso.server.keys import new_key
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import ServerSettings

WIDTH = 100
TEXT = "Officials said the dam could fail. It opened in 1968."
REQUEST_ID = "c340eeae6b6a474ca5b9a91b4d05ee6e"

SCORE = {"text": TEXT}
BATCH = {
    "documents": [
        {"id": "a", "text": "Officials said the dam could fail."},
        {"id": 7, "txt": "?"},
    ],
    "labels": ["hedging"],
    "evidence": False,
    "include_text": False,
}
STREAM = {"text": TEXT, "labels": ["hedging"], "evidence": False}
WRONG = {"text": TEXT, "thresholds": {"hedging": 2}}
FORM = {"text": "Officials said so.", "language": "en"}
PERSPECTIVE = {
    "comment": {"text": TEXT},
    "requestedAttributes": {"HEDGING": {}},
    "spanAnnotations": True,
}


def layout(value: Any, indent: int = 0) -> str:
    """Readable JSON: each object that fits is on one line, except the outermost."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (indent and indent + len(line) <= WIDTH):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(key)}: {layout(one, indent + 2)}" for key, one in value.items()
        ]
    else:
        lines = [f"{inner}{layout(one, indent + 2)}" for one in value]
    start, end = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return "\n".join([start, ",\n".join(lines), f"{' ' * indent}{end}"])


@cache
def _client() -> TestClient:
    return TestClient(Service(ReloadableModel(None, 1), ServerSettings()))


def _block(text: str, kind: str = "json") -> str:
    return f"```{kind}\n{text.strip()}\n```"


def _post(path: str, body: dict[str, Any]) -> str:
    answer = _client().post(path, json=body, headers={"X-Request-Id": REQUEST_ID})
    return _block(layout(answer.json()))


def _stream() -> str:
    return _block(_client().post("/v1/score/stream", json=STREAM).text, "ndjson")


def _info() -> str:
    """Shortened to one label and one kind, from a server with keys."""
    key, line = new_key("desk")
    locked = ServerSettings(keys=line, key_rate="600/minute")  # type: ignore[arg-type]
    client = TestClient(Service(ReloadableModel(None, 1), locked))
    answer = client.get("/v1/info", headers={"X-API-Key": key}).json()
    answer["labels"], answer["kinds"] = answer["labels"][:1], answer["kinds"][1:2]
    return _block(layout(answer))


def _match() -> str:
    return _block(layout(_client().post("/v2/check", data=FORM).json()["matches"][0]))


SECTIONS: dict[str, Callable[[], str]] = {
    "score-request": lambda: _block(json.dumps(SCORE)),
    "score": lambda: _post("/v1/score", SCORE),
    "batch-request": lambda: _block(layout(BATCH)),
    "batch": lambda: _post("/v1/score/batch", BATCH),
    "stream": _stream,
    "info": _info,
    "error": lambda: _post("/v1/score", WRONG),
    "languagetool": _match,
    "perspective-request": lambda: _block(layout(PERSPECTIVE)),
    "perspective": lambda: _post("/v1alpha1/comments:analyze", PERSPECTIVE),
}
