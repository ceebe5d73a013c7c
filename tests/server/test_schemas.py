"""The shapes on the wire say what the engine's report says."""

from dataclasses import fields
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from sayso.engine import report
from sayso.engine.options import Options
from sayso.labels import KINDS, LABELS
from sayso.server import info, schemas
from sayso.server.schemas import (
    BatchDocument,
    BatchRequest,
    ReportAnswer,
    RequestDocument,
    ScoreRequest,
)
from sayso.server.settings import Limits

MIRRORS = [
    (schemas.ReportAnswer, report.Report),
    (schemas.SentenceAnswer, report.Sentence),
    (schemas.EvidenceAnswer, report.Evidence),
    (schemas.SummaryAnswer, report.Summary),
    (schemas.WarningAnswer, report.ReportWarning),
]


@pytest.mark.parametrize(("answer", "mirrored"), MIRRORS)
def test_answers_mirror_the_report(answer: type[BaseModel], mirrored: type) -> None:
    assert list(answer.model_fields) == [field.name for field in fields(mirrored)]


def test_the_reported_limits_are_the_settings() -> None:
    assert list(info.LimitsInfo.model_fields) == list(Limits.model_fields)
    info.LimitsInfo.model_validate(Limits().model_dump())


def test_a_request_has_the_options_of_the_engine() -> None:
    assert {field.name for field in fields(Options)} <= set(ScoreRequest.model_fields)


def test_a_batch_has_all_options_of_a_single_document() -> None:
    of_one = set(ScoreRequest.model_fields) - set(RequestDocument.model_fields)
    assert set(BatchRequest.model_fields) - {"documents"} == of_one


def test_labels_and_kinds_are_those_of_the_models() -> None:
    assert get_args(schemas.LabelName) == LABELS
    assert get_args(schemas.KindName) == KINDS
    assert tuple(ScoreRequest(text="a").labels) == LABELS


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": None},
        {"text": 1},
        {"text": "a", "sentences": ["b"]},
        {"sentences": []},
        {"sentences": ["a", 1]},
        {"sentences": "a"},
        {"text": "a", "offset_unit": "bytes"},
        {"text": "a", "labels": []},
        {"text": "a", "labels": ["irony"]},
        {"text": "a", "thresholds": {"irony": 0.5}},
        {"text": "a", "thresholds": {"hedging": 1.01}},
        {"text": "a", "thresholds": {"hedging": -0.01}},
        {"text": "a", "thresholds": {"hedging": "0.5"}},
        {"text": "a", "thresholds": {"hedging": True}},
        {"text": "a", "thresholds": {"hedging": float("nan")}},
        {"text": "a", "treshold": 0.5},
        {"text": "a", "evidence": 1},
        {"text": "a", "include_text": "yes"},
        {"text": "a", "id": "b"},
        {"text": "half \ud800"},
    ],
)
def test_a_wrong_request_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ScoreRequest.model_validate(body)


def test_right_requests_are_taken() -> None:
    assert ScoreRequest.model_validate({"text": " "}).text == " "
    assert ScoreRequest.model_validate({"sentences": ["", "a"]}).sentences == ["", "a"]
    request = ScoreRequest.model_validate({"text": "a", "thresholds": {"hedging": 1}})
    assert request.thresholds == {"hedging": 1.0}


@pytest.mark.parametrize("identity", ["a", "", "é🌊", 0, -5, 10**30, None])
def test_an_id_is_a_string_or_an_integer(identity: object) -> None:
    assert BatchDocument.model_validate({"id": identity, "text": "a"}).id == identity


@pytest.mark.parametrize("identity", [True, False, 1.0, float("nan"), [], {}, "\ud800"])
def test_an_id_that_json_would_change_is_refused(identity: object) -> None:
    with pytest.raises(ValidationError) as found:
        BatchDocument.model_validate({"id": identity, "text": "a"})
    assert [one["loc"] for one in found.value.errors()] == [("id",)]


@pytest.mark.parametrize(
    ("sent", "field", "characters"),
    [
        ({"text": "🌊ab"}, "text", 3),
        ({"sentences": ["ab", "", "c"]}, "sentences", 3),
    ],
)
def test_a_document_has_its_field_and_its_length(
    sent: dict[str, Any], field: str, characters: int
) -> None:
    document = RequestDocument.model_validate(sent)
    assert (document.field, document.characters) == (field, characters)


@pytest.mark.parametrize("documents", [None, [], {}, "a", 1])
def test_a_batch_needs_a_list_of_documents(documents: object) -> None:
    with pytest.raises(ValidationError):
        BatchRequest.model_validate({"documents": documents})
    with pytest.raises(ValidationError):
        BatchRequest.model_validate({})


def test_the_documents_of_a_batch_are_validated_one_by_one() -> None:
    assert len(BatchRequest.model_validate({"documents": [5, None, {}]}).documents) == 3


def test_the_schema_of_an_id_has_its_types() -> None:
    schema = BatchDocument.model_json_schema()["properties"]["id"]
    assert [one["type"] for one in schema["anyOf"]] == ["string", "integer", "null"]


def test_the_schema_has_optional_and_exclusive_fields() -> None:
    schema = ScoreRequest.model_json_schema()
    assert schema["oneOf"] == [{"required": ["text"]}, {"required": ["sentences"]}]
    assert "required" not in schema
    assert "default" not in schema["properties"]["text"]
    assert schema["additionalProperties"] is False
    assert all("description" in field for field in schema["properties"].values())


def test_answers_are_strict_too() -> None:
    with pytest.raises(ValidationError):
        ReportAnswer.model_validate({"model": "m"})
