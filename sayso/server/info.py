"""`GET /v1/info`: the model, its labels and the limits of this server."""

from dataclasses import asdict
from typing import Any, get_args

from pydantic import Field

from sayso.engine.report import OffsetUnit
from sayso.engine.scorer import Scorer
from sayso.labels import KIND_INFO, LABEL_INFO
from sayso.server.keys import Keys
from sayso.server.schemas import KindName, LabelName, Probability, Strict
from sayso.server.settings import ServerSettings


class CalibrationInfo(Strict):
    """probability = sigmoid(slope * logit + intercept)."""

    slope: float
    intercept: float


class LabelInfo(Strict):
    """A label, its thresholds and its calibration."""

    label: LabelName
    meaning: str
    threshold: Probability
    evidence_threshold: Probability
    calibration: CalibrationInfo


class KindInfo(Strict):
    """A kind of unverified attribution."""

    kind: KindName
    meaning: str


class LimitsInfo(Strict):
    """Limits of a request. A larger one is refused with 413 and the limit; one that takes longer
    than `seconds`, with 504.
    """

    body_bytes: int
    text_characters: int
    sentences: int
    documents: int
    seconds: float
    body_seconds: float
    queue_seconds: float
    requests: int


class AccessInfo(Strict):
    """Whether a key is needed, and the rates allowed; a rate is empty if there is none."""

    needs_key: bool
    key_rate: str
    address_rate: str


class ModelInfo(Strict):
    """The bundle that answers."""

    name: str
    version: str
    digest: str = Field(description="SHA-256 over the checksums of all its files.")
    model: str = Field(description="As in each report.")
    created: str
    base_network: str
    precision: str


class InfoAnswer(Strict):
    """What this server runs."""

    model: ModelInfo
    labels: list[LabelInfo]
    kinds: list[KindInfo]
    offset_units: list[OffsetUnit]
    limits: LimitsInfo
    access: AccessInfo


def info(scorer: Scorer, keys: Keys, settings: ServerSettings) -> dict[str, Any]:
    """The answer of `GET /v1/info`."""
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
            {"label": label, "meaning": LABEL_INFO[label].meaning, **asdict(of_label)}
            for label, of_label in manifest.labels.items()
        ],
        "kinds": [{"kind": kind, "meaning": info.meaning} for kind, info in KIND_INFO.items()],
        "offset_units": list(get_args(OffsetUnit)),
        "limits": settings.limits.model_dump(),
        "access": {
            "needs_key": bool(keys),
            "key_rate": settings.key_rate,
            "address_rate": settings.address_rate,
        },
    }
