"""The shapes on the wire say what the engine's report says."""

from dataclasses import fields
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from models.labels import KINDS, LABELS
from serving import InputError, report
from serving.http import schemas
from serving.http.schemas import ReportAnswer, ScoreRequest
from serving.http.settings import Limits, Settings

MIRRORS = [
    (schemas.ReportAnswer, report.Report),
    (schemas.SentenceAnswer, report.Sentence),
    (schemas.EvidenceAnswer, report.Evidence),
    (schemas.SummaryAnswer, report.Summary),
    (schemas.WarningAnswer, report.ReportWarning),
    (schemas.LimitsInfo, Limits),
]


@pytest.mark.parametrize(("answer", "mirrored"), MIRRORS)
def test_answers_mirror_the_report(answer: type[BaseModel], mirrored: type) -> None:
    assert list(answer.model_fields) == [field.name for field in fields(mirrored)]


def test_labels_and_kinds_are_those_of_the_models() -> None:
    assert get_args(schemas.Label) == LABELS
    assert get_args(schemas.Kind) == KINDS
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


def test_the_schema_says_what_is_optional_and_what_excludes_what() -> None:
    schema = ScoreRequest.model_json_schema()
    assert schema["oneOf"] == [{"required": ["text"]}, {"required": ["sentences"]}]
    assert "required" not in schema
    assert "default" not in schema["properties"]["text"]
    assert schema["additionalProperties"] is False
    assert all("description" in field for field in schema["properties"].values())


def test_answers_are_strict_too() -> None:
    with pytest.raises(ValidationError):
        ReportAnswer.model_validate({"model": "m"})


def test_settings_come_from_the_environment() -> None:
    assert Settings.from_environment({}) == Settings()
    chosen = Settings.from_environment({"SAYSO_BUNDLE": "newsroom", "SAYSO_WORKERS": "3"})
    assert (chosen.bundle, chosen.workers, chosen.threads(8)) == ("newsroom", 3, 2)
    assert chosen.threads(2) == 1


@pytest.mark.parametrize("workers", ["0", "65", "two", "-1", "1.5", "٣", "9" * 30])
def test_a_wrong_worker_count_is_named(workers: str) -> None:
    with pytest.raises(InputError, match="SAYSO_WORKERS is"):
        Settings.from_environment({"SAYSO_WORKERS": workers})
