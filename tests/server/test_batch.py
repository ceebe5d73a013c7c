"""Several documents in one request: each has an answer of its own, in order."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sayso.engine.report_builder import ReportBuilder
from sayso.engine.scorer import Scorer
from sayso.server.answers import report_answer, to_json
from sayso.server.reloadable import ReloadableModel
from sayso.server.schemas import BatchAnswer, ScoreOptions
from sayso.server.settings import Limits
from tests.server.common import JSON, TEXT, asking, builder_of, plain, refused


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


def test_a_batch_keeps_order_and_ids(client: TestClient, scorer: Scorer) -> None:
    documents: list[dict[str, Any]] = [
        {"id": "z", "text": TEXT},
        {"text": "It may be."},
        {"id": 7, "sentences": ["One. Two.", ""]},
        {"id": "z", "text": "So it may be."},
        {"id": None, "text": " "},
        {"id": 10**30, "text": "It rained."},
    ]
    answer = client.post("/v1/score/batch", json={"documents": documents, "offset_unit": "utf16"})
    assert answer.status_code == 200
    reports = [
        scorer.score(one["text"], offset_unit="utf16")
        if "text" in one
        else scorer.score_sentences(one["sentences"], offset_unit="utf16")
        for one in documents
    ]
    results = [
        {"id": one.get("id"), "report": report_answer(report, ScoreOptions())}
        for one, report in zip(documents, reports, strict=True)
    ]
    assert answer.content == to_json({"results": results})
    assert [one["report"] for one in answer.json()["results"]] == list(map(plain, reports))
    BatchAnswer.model_validate_json(answer.text)


WRONG_DOCUMENTS: list[tuple[str, object, str, str | None]] = [
    ('"canary"', None, "invalid_request", None),
    ("null", None, "invalid_request", None),
    ("[1]", None, "invalid_request", None),
    ("{}", None, "invalid_request", "text"),
    ('{"id": "a"}', "a", "invalid_request", "text"),
    ('{"id": 5, "text": 5}', 5, "invalid_request", "text"),
    ('{"id": 0, "text": ""}', 0, "invalid_request", "text"),
    ('{"id": "a", "text": "canary", "sentences": ["b"]}', "a", "invalid_request", "text"),
    ('{"id": "a", "text": "canary", "also": 1}', "a", "invalid_request", "also"),
    ('{"id": "a", "text": "canary", "labels": ["hedging"]}', "a", "invalid_request", "labels"),
    (r'{"id": "a", "text": "canary \ud800"}', "a", "invalid_request", "text"),
    (r'{"id": "a", "sentences": ["b", "canary \ud800"]}', "a", "invalid_request", "sentences.1"),
    ('{"id": true, "text": "canary"}', None, "invalid_request", "id"),
    ('{"id": 1.5, "text": "canary"}', None, "invalid_request", "id"),
    ('{"id": NaN, "text": "canary"}', None, "invalid_request", "id"),
    ('{"id": ["a"], "text": "canary"}', None, "invalid_request", "id"),
    (r'{"id": "\udc00", "text": "canary"}', None, "invalid_request", "id"),
    ('{"id": "a", "text": "%s"}' % ("x" * 101), "a", "text_too_long", "text"),
    ('{"id": "a", "sentences": ["b", "c", "d"]}', "a", "too_many_sentences", "sentences"),
]


@pytest.mark.parametrize(("document", "identity", "code", "field"), WRONG_DOCUMENTS)
def test_a_document_that_is_wrong_does_not_fail_the_others(
    model: ReloadableModel, document: str, identity: object, code: str, field: str | None
) -> None:
    body = '{"documents": [{"id": 1, "text": "It may be."}, %s, {"id": 2, "text": "It rained."}]}'
    with asking(model, Limits(text_characters=100, sentences=2)) as client:
        answer = client.post("/v1/score/batch", content=body % document, headers=JSON)
    assert answer.status_code == 200
    BatchAnswer.model_validate_json(answer.text)
    first, wrong, last = answer.json()["results"]
    assert wrong.keys() == {"id", "error"}
    assert wrong["id"] == identity
    assert type(wrong["id"]) is type(identity)
    assert (wrong["error"]["code"], wrong["error"].get("field")) == (code, field)
    assert "canary" not in answer.text
    for right, text in ((first, "It may be."), (last, "It rained.")):
        assert right.keys() == {"id", "report"}
        assert right["report"] == plain(model.scorer.score(text))


def test_a_batch_of_wrong_documents_alone_is_answered(client: TestClient) -> None:
    answer = client.post("/v1/score/batch", json={"documents": [1, None]})
    assert answer.status_code == 200
    assert all("error" in one for one in answer.json()["results"])


def test_too_many_documents_are_refused_with_the_limit(model: ReloadableModel) -> None:
    with asking(model, Limits(documents=2)) as client:
        for count, status in ((2, 200), (3, 413)):
            body = {"documents": [{"text": "It may be."}] * count}
            answer = client.post("/v1/score/batch", json=body)
            assert answer.status_code == status
    over = refused(answer, 413, "too_many_documents")
    assert (over.error.field, over.error.limit) == ("documents", 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "documents"),
        ({"documents": []}, "documents"),
        ({"documents": {"text": "a"}}, "documents"),
        ({"documents": [{"text": "a"}], "text": "a"}, "text"),
        ({"documents": [{"text": "a"}], "labels": []}, "labels"),
        ({"documents": [{"text": "a"}], "thresholds": {"irony": 1}}, "thresholds.irony"),
    ],
)
def test_invalid_batches_are_refused(client: TestClient, body: dict[str, Any], field: str) -> None:
    answer = client.post("/v1/score/batch", json=body)
    assert refused(answer, 422, "invalid_request").error.field == field


def test_a_reload_does_not_change_the_model_of_a_batch(
    model: ReloadableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        def begin(self, *_: object) -> ReportBuilder:
            return builder_of(1)

    def opened(*given: Any) -> ReportBuilder:
        monkeypatch.setattr(model, "scorer", Other())
        return open_(*given)

    open_ = model.scorer.begin
    with asking(model) as client:
        monkeypatch.setattr(model.scorer, "begin", opened)
        documents = [{"text": "It may be."}, {"text": "It rained."}]
        results = client.post("/v1/score/batch", json={"documents": documents}).json()["results"]
        after = client.post("/v1/score", json={"text": "It may be."}).json()
    assert "fake" not in {one["report"]["model"] for one in results}
    assert after["model"] == "fake"
