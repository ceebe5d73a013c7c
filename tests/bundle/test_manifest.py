import json
from dataclasses import replace

import pytest

from sayso.bundle.manifest import Calibration, LabelSettings, Manifest
from sayso.errors import BundleCorrupt, BundleTooNew, NotABundle
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


def test_json_round_trip() -> None:
    assert Manifest.from_json(MANIFEST.to_json(), where="bundle.json") == MANIFEST


def test_invalid_json_is_corrupt() -> None:
    with pytest.raises(BundleCorrupt, match="not JSON"):
        Manifest.from_json("{", where="bundle.json")


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "other"}'])
def test_another_format_is_not_a_bundle(text: str) -> None:
    with pytest.raises(NotABundle, match="expected"):
        Manifest.from_json(text, where="bundle.json")


def test_a_newer_format_needs_an_upgrade() -> None:
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
def test_an_invalid_field_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BundleCorrupt, match=message):
        read(**changes)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_thresholds_are_probabilities(threshold: object) -> None:
    labels = json.loads(MANIFEST.to_json())["labels"]
    labels["hedging"]["threshold"] = threshold
    with pytest.raises(BundleCorrupt, match=r"labels\.hedging: threshold"):
        read(labels=labels)


def test_a_missing_field_is_named() -> None:
    body = json.loads(MANIFEST.to_json())
    del body["version"]
    with pytest.raises(BundleCorrupt, match="'version' is missing"):
        Manifest.from_json(json.dumps(body), where="bundle.json")


def test_replace_keeps_the_other_fields() -> None:
    assert replace(MANIFEST, version="2").labels == MANIFEST.labels
