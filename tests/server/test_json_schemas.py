"""The files of `docs/schemas` are what the command writes, and what the service answers."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError
from starlette.testclient import TestClient

from sayso.engine.network import Network
from sayso.server.json_schemas import SCHEMAS, files
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import Limits
from tests.conftest import ROOT
from tests.server.common import LONG, TEXT, asking
from tests.server.error_shapes import FOLDER, require_shape, require_stream, validator

SENTENCES = ["Officials said the dam could fail.", "", "..."]
TERSE = {"evidence": False, "include_text": False, "labels": ["hedging"], "offset_unit": "utf16"}
DOCUMENTS: list[Any] = [
    {"id": "a", "text": TEXT},
    {"id": 7, "sentences": SENTENCES},
    {"text": " "},
    {"id": "long", "sentences": ["a"] * 9},
    {"id": "wrong", "txt": "?"},
    5,
]
REQUESTS = [
    {"text": TEXT},
    {"text": " "},
    {"text": "Il a dit que le pont était fermé depuis longtemps. " * 3},
    {"text": "They said it might be so, " * 100},
    {"text": TEXT, "thresholds": {"hedging": 0, "loaded_framing": 1}},
    {"text": TEXT, **TERSE},
    {"sentences": SENTENCES, **TERSE},
]


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model, Limits(sentences=8)) as client:
        yield client


@pytest.fixture(scope="module")
def report(client: TestClient) -> dict[str, Any]:
    answered: dict[str, Any] = client.post("/v1/score", json={"text": TEXT}).json()
    return answered


def test_the_command_writes_the_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sayso.server.json_schemas", str(tmp_path / "new")]
    subprocess.run(command, cwd=ROOT, check=True)
    written = {file.name: file.read_text("utf-8") for file in (tmp_path / "new").iterdir()}
    assert written == files()
    assert written == {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_self_contained(name: str) -> None:
    schema = validator(name).schema
    assert isinstance(schema, Mapping)
    assert schema["$schema"].endswith("/2020-12/schema")
    assert schema["$id"] == f"{name}.json"
    assert schema["title"]
    assert schema["description"]
    references = json.dumps(schema).split('"$ref": "')[1:]
    assert all(one.startswith("#/$defs/") for one in references)


@pytest.mark.parametrize("body", REQUESTS)
def test_one_document(client: TestClient, body: dict[str, Any]) -> None:
    require_shape("score-request", body)
    answer = client.post("/v1/score", json=body)
    assert answer.status_code == 200
    require_shape("score-answer", answer.json())


@pytest.mark.parametrize("options", [{}, TERSE])
def test_a_batch(client: TestClient, options: dict[str, Any]) -> None:
    body = {"documents": DOCUMENTS, **options}
    require_shape("batch-request", body)
    answer = client.post("/v1/score/batch", json=body).json()
    require_shape("batch-answer", answer)
    assert ["report" in one for one in answer["results"]] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_of_a_batch(client: TestClient, document: Any) -> None:
    (result,) = client.post("/v1/score/batch", json={"documents": [document]}).json()["results"]
    wrong = result.get("error", {}).get("code") == "invalid_request"
    assert validator("batch-document").is_valid(document) is not wrong


@pytest.mark.parametrize("body", REQUESTS)
def test_a_stream(client: TestClient, body: dict[str, Any]) -> None:
    require_stream(client.post("/v1/score/stream", json=body).content)


def test_a_stream_that_goes_wrong(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    predict = Network.predict
    asked = 0

    def predict_once(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise ValueError
        return predict(*arguments)

    monkeypatch.setattr(Network, "predict", predict_once)
    *sentences, last = client.post("/v1/score/stream", json={"text": LONG}).content.splitlines()
    assert sentences
    for line in (*sentences, last):
        require_shape("stream-line", json.loads(line))
    require_shape("error-answer", json.loads(last))


def test_info(client: TestClient) -> None:
    require_shape("info-answer", client.get("/v1/info").json())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": TEXT, "thresholds": {"hedging": 7}}, 422),
        ({"sentences": ["a"] * 9}, 413),
        ([], 422),
    ],
)
def test_errors(client: TestClient, body: Any, status: int) -> None:
    answer = client.post("/v1/score", json=body)
    assert answer.status_code == status
    require_shape("error-answer", answer.json())


def test_an_error_of_another_kind(client: TestClient) -> None:
    require_shape("error-answer", client.get("/nothing").json())


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "a", "sentences": ["b"]},
        {"sentences": []},
        {"text": "a", "treshold": 0.5},
        {"text": "a", "thresholds": {"irony": 0.5}},
        {"text": "a", "thresholds": {"hedging": "0.5"}},
        {"text": "a", "labels": []},
        {"text": "a", "offset_unit": "bytes"},
        {"text": "a", "evidence": "yes"},
    ],
)
def test_requests_that_are_refused_have_another_shape(
    client: TestClient, body: dict[str, Any]
) -> None:
    assert client.post("/v1/score", json=body).status_code == 422
    with pytest.raises(ValidationError):
        require_shape("score-request", body)


@pytest.mark.parametrize("body", [{}, {"documents": []}, {"documents": {}}, {"text": "a"}])
def test_batches_that_are_refused_have_another_shape(
    client: TestClient, body: dict[str, Any]
) -> None:
    assert client.post("/v1/score/batch", json=body).status_code == 422
    with pytest.raises(ValidationError):
        require_shape("batch-request", body)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("more",), 1),
        (("model",), None),
        (("sentences", 0, "start"), -1),
        (("sentences", 0, "start"), 0.5),
        (("sentences", 0, "scores", "hedging"), 1.01),
        (("sentences", 0, "scores", "irony"), 0.5),
        (("sentences", 0, "kind"), "irony"),
        (("sentences", 0, "evidence", 0, "quoted"), "no"),
        (("summary", "words"), "many"),
    ],
)
def test_answers_of_another_shape_are_found(
    report: dict[str, Any], place: tuple[str | int, ...], value: object
) -> None:
    wrong: Any = deepcopy(report)
    inside = wrong
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    with pytest.raises(ValidationError):
        require_shape("score-answer", wrong)


@pytest.mark.parametrize(
    "result",
    [
        {"id": "a"},
        {"id": "a", "report": None},
        {"id": "a", "error": {"code": "c"}},
        {"error": {"code": "c", "message": "m"}},
    ],
)
def test_results_of_another_shape_are_found(result: dict[str, Any]) -> None:
    require_shape("batch-answer", {"results": []})
    with pytest.raises(ValidationError):
        require_shape("batch-answer", {"results": [result]})


def test_lines_of_another_shape_are_found(report: dict[str, Any]) -> None:
    (sentence, *_) = report.pop("sentences")
    require_shape("stream-line", {"sentence": sentence})
    require_shape("stream-line", {"report": report})
    for wrong in (
        {},
        sentence,
        {"sentence": sentence, "report": report},
        {"report": {**report, "sentences": []}},
        {"error": {"code": "c", "message": "m"}},
    ):
        with pytest.raises(ValidationError):
            require_shape("stream-line", wrong)
