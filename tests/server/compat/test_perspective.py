"""Perspective's clients are understood."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sayso.engine.report import Report, Sentence, summarize
from sayso.engine.scorer import Scorer
from sayso.server.compat.perspective import ATTRIBUTES, AnalyzeRequest, answer
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import Limits
from tests.server.common import JSON, KEY, LINE, asking, refused

PATH = "/v1alpha1/comments:analyze"
TEXT = "🌊 Officials said the dam might fail. It rained on Monday."


@pytest.fixture(scope="module")
def client(model: ReloadableModel) -> Iterator[TestClient]:
    with asking(model) as client:
        yield client


def request(**more: Any) -> dict[str, Any]:
    return {"comment": {"text": TEXT}, "requestedAttributes": {"HEDGING": {}}, **more}


def report(*scores: float | None) -> Report:
    sentences = tuple(
        Sentence(
            index, 10 * index, 10 * index + 9, "x" * 9, None if one is None else {"hedging": one}
        )
        for index, one in enumerate(scores)
    )
    return Report("fake", "utf16", {}, sentences, summarize(sentences, ["hedging"]), ())


def answered(*scores: float | None, **more: Any) -> dict[str, Any]:
    return answer(report(*scores), AnalyzeRequest.model_validate(request(**more)))


def test_the_summary_is_the_highest_sentence() -> None:
    got = answered(0.2, None, 0.7, 0.1)["attributeScores"]
    assert got == {"HEDGING": {"summaryScore": {"value": 0.7, "type": "PROBABILITY"}}}


def test_each_sentence_with_scores_is_a_span() -> None:
    spans = answered(0.2, None, 0.7, spanAnnotations=True)["attributeScores"]["HEDGING"][
        "spanScores"
    ]
    assert [(one["begin"], one["end"], one["score"]["value"]) for one in spans] == [
        (0, 9, 0.2),
        (20, 29, 0.7),
    ]


def test_a_text_without_words_has_the_score_zero() -> None:
    assert answered(None)["attributeScores"]["HEDGING"]["summaryScore"]["value"] == 0.0


def test_scores_below_the_threshold_are_omitted() -> None:
    attributes = {"requestedAttributes": {"HEDGING": {"scoreThreshold": 0.5}}}
    assert answered(0.4, **attributes)["attributeScores"] == {}
    assert "HEDGING" in answered(0.5, **attributes)["attributeScores"]


def test_a_clients_token_comes_back() -> None:
    assert answered(0.1, clientToken="t-1")["clientToken"] == "t-1"
    assert "clientToken" not in answered(0.1)


def test_a_comment_is_analysed_in_utf16_units(client: TestClient) -> None:
    body = request(
        spanAnnotations=True,
        requestedAttributes={"HEDGING": {}, "LOADED_FRAMING": {}},
        doNotStore=True,
    )
    got = client.post(PATH, json=body)
    assert got.status_code == 200
    scores = got.json()["attributeScores"]
    assert set(scores) == {"HEDGING", "LOADED_FRAMING"}
    spans = scores["HEDGING"]["spanScores"]
    assert spans[-1]["end"] == len(TEXT.encode("utf-16-le")) // 2
    assert scores["HEDGING"]["summaryScore"]["value"] == max(one["score"]["value"] for one in spans)


def test_the_scores_are_the_engines(client: TestClient, scorer: Scorer) -> None:
    body = request(spanAnnotations=True, requestedAttributes={name: {} for name in ATTRIBUTES})
    own = scorer.score(TEXT, offset_unit="utf16")
    got = client.post(PATH, json=body).json()
    for name, label in ATTRIBUTES.items():
        spans = got["attributeScores"][name]["spanScores"]
        assert [(one["begin"], one["end"], one["score"]["value"]) for one in spans] == [
            (one.start, one.end, (one.scores or {})[label]) for one in own.sentences
        ]
    assert got == answer(own, AnalyzeRequest.model_validate(body))


def test_unknown_fields_of_a_client_are_ignored(client: TestClient) -> None:
    along = {"sessionId": "s", "communityId": "c", "context": {"entries": []}, "languages": ["en"]}
    assert (
        client.post(PATH, json=request(**along)).json() == client.post(PATH, json=request()).json()
    )


@pytest.mark.parametrize("half", [b"clientToken", b"languages", b"sessionId"])
def test_half_a_surrogate_pair_is_never_a_server_error(client: TestClient, half: bytes) -> None:
    value = rb'["\ud800"]' if half == b"languages" else rb'"\ud800"'
    body = b'{"comment": {"text": "It may."}, "requestedAttributes": {"HEDGING": {}}, "%s": %s}'
    answer = client.post(PATH, content=body % (half, value), headers=JSON)
    assert answer.status_code in {200, 422}


def test_a_long_comment_is_refused_with_the_limit(model: ReloadableModel) -> None:
    with asking(model, Limits(text_characters=10)) as client:
        body = request(comment={"text": "x" * 11})
        over = refused(client.post(PATH, json=body), 413, "text_too_long")
    assert (over.error.field, over.error.limit) == ("comment.text", 10)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (
            request(requestedAttributes={"HEDGING": {"scoreThreshold": 2}}),
            "requestedAttributes.HEDGING.scoreThreshold",
        ),
        (request(requestedAttributes={"HEDGING": None}), "requestedAttributes.HEDGING"),
        (request(requestedAttributes={"HEDGING": {}, "CANARY": {}}), "requestedAttributes"),
        (request(comment={"text": 5}), "comment.text"),
        (request(comment="canary"), "comment"),
        (request(requestedAttributes={"CANARY": {}}), "requestedAttributes"),
        (request(requestedAttributes={}), "requestedAttributes"),
        (request(comment={"text": ""}), "comment.text"),
        (request(comment={"text": "canary", "type": "canary"}), "comment.type"),
        ({"comment": {"text": "canary"}}, "requestedAttributes"),
    ],
)
def test_a_wrong_request_is_422(client: TestClient, body: dict[str, Any], field: str) -> None:
    got = client.post(PATH, json=body)
    assert refused(got, 422, "invalid_request").error.field == field
    assert "canary" not in got.text.lower()


def test_only_json_is_taken(client: TestClient) -> None:
    got = client.post(PATH, content=b"{}", headers={"content-type": "text/plain"})
    refused(got, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {}, 401),
        ("?key=canary", {}, 401),
        (f"?key={KEY}", {}, 200),
        ("", {"x-api-key": KEY}, 200),
    ],
)
def test_the_query_may_hold_the_key(
    model: ReloadableModel, query: str, headers: dict[str, str], status: int
) -> None:
    with asking(model, keys=[LINE]) as closed:
        got = closed.post(PATH + query, json=request(), headers=headers)
    assert got.status_code == status
    assert "canary" not in got.text
