import json
from dataclasses import replace

import pytest

from sayso.bundle.manifest import Calibration, LabelSettings, Manifest
from sayso.errors import BundleDamaged, BundleForeign, BundleTooNew
from sayso.labels import LABELS

MANIFEST = Manifest(
    name="trial",
    version="1",
    created="2026-01-01T00:00:00Z",
    sayso_version="0.1.0",
    base_network="trial",
    precision="int8",
    max_tokens=64,
    overlap_tokens=16,
    labels={label: LabelSettings(Calibration(1.5, -0.5), 0.4, 0.3) for label in LABELS},
    auxiliary=("other",),
)


def read(**changes: object) -> Manifest:
    body = json.loads(MANIFEST.to_json()) | changes
    return Manifest.from_json(json.dumps(body), where="bundle.json")


def test_what_is_written_is_read_again() -> None:
    assert Manifest.from_json(MANIFEST.to_json(), where="bundle.json") == MANIFEST


def test_no_json_is_damaged() -> None:
    with pytest.raises(BundleDamaged, match="not JSON"):
        Manifest.from_json("{", where="bundle.json")


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "other"}'])
def test_another_format_is_foreign(text: str) -> None:
    with pytest.raises(BundleForeign, match="expected"):
        Manifest.from_json(text, where="bundle.json")


def test_a_newer_format_says_what_to_do() -> None:
    with pytest.raises(BundleTooNew, match=r"format 2; this Sayso reads up to 1\. Upgrade"):
        read(format_version=2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": "1"}, "format_version is '1'"),
        ({"name": 3}, "'name' is int; expected str"),
        ({"max_tokens": True}, "'max_tokens' is bool; expected int"),
        ({"overlap_tokens": 63}, "overlap must be smaller"),
        ({"labels": {}}, "expected hedging"),
        ({"kinds": ["unnamed"]}, "kinds are"),
        ({"labels": dict.fromkeys(LABELS, 1)}, "labels.hedging is int; expected an object"),
    ],
)
def test_a_field_that_cannot_be_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BundleDamaged, match=message):
        read(**changes)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_thresholds_are_probabilities(threshold: object) -> None:
    labels = json.loads(MANIFEST.to_json())["labels"]
    labels["hedging"]["threshold"] = threshold
    with pytest.raises(BundleDamaged, match=r"labels\.hedging: threshold"):
        read(labels=labels)


def test_a_missing_field_is_named() -> None:
    body = json.loads(MANIFEST.to_json())
    del body["version"]
    with pytest.raises(BundleDamaged, match="'version' is missing"):
        Manifest.from_json(json.dumps(body), where="bundle.json")


def test_replacing_keeps_the_rest() -> None:
    assert replace(MANIFEST, version="2").labels == MANIFEST.labels
