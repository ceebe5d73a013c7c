"""What `GET /v1/info` says: the model, its labels, and what this server takes."""

from dataclasses import asdict
from typing import Any, get_args

from pydantic import Field

from sayso.engine.report import OffsetUnit
from sayso.engine.scorer import Scorer
from sayso.labels import KIND_MEANINGS, LABEL_MEANINGS
from sayso.server.keys import Keys
from sayso.server.schemas import Kind, Label, Probability, Wire
from sayso.server.settings import Settings


class CalibrationInfo(Wire):
    """probability = sigmoid(slope * logit + intercept)."""

    slope: float
    intercept: float


class LabelInfo(Wire):
    """A label and how its scores are read."""

    label: Label
    meaning: str
    threshold: Probability
    evidence_threshold: Probability
    calibration: CalibrationInfo


class KindInfo(Wire):
    """A kind of unverified attribution."""

    kind: Kind
    meaning: str


class LimitsInfo(Wire):
    """What one request may hold; more is answered with 413 and the limit. After `seconds` it is
    given up and answered with 504.
    """

    body_bytes: int
    text_characters: int
    sentences: int
    documents: int
    seconds: float
    body_seconds: float
    queue_seconds: float
    requests: int


class AccessInfo(Wire):
    """Who may ask, and how often; a rate is empty where there is none."""

    needs_key: bool
    key_rate: str
    address_rate: str


class ModelInfo(Wire):
    """The bundle that answers."""

    name: str
    version: str
    digest: str = Field(description="SHA-256 over the checksums of all its files.")
    model: str = Field(description="As in each report.")
    created: str
    base_network: str
    precision: str


class InfoAnswer(Wire):
    """What this server runs, and what it takes."""

    model: ModelInfo
    labels: list[LabelInfo]
    kinds: list[KindInfo]
    offset_units: list[OffsetUnit]
    limits: LimitsInfo
    access: AccessInfo


def info(scorer: Scorer, keys: Keys, settings: Settings) -> dict[str, Any]:
    """What `GET /v1/info` says."""
    bundle = scorer.bundle
    manifest = bundle.manifest
    return {
        "model": {
            "name": manifest.name,
            "version": manifest.version,
            "digest": bundle.digest,
            "model": bundle.model_version,
            "created": manifest.created,
            "base_network": manifest.base_network,
            "precision": manifest.precision,
        },
        "labels": [
            {"label": label, "meaning": LABEL_MEANINGS[label], **asdict(of_label)}
            for label, of_label in manifest.labels.items()
        ],
        "kinds": [{"kind": kind, "meaning": meaning} for kind, meaning in KIND_MEANINGS.items()],
        "offset_units": list(get_args(OffsetUnit)),
        "limits": settings.limits.model_dump(),
        "access": {
            "needs_key": bool(keys),
            "key_rate": settings.key_rate,
            "address_rate": settings.address_rate,
        },
    }
