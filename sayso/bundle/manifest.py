"""`bundle.json`: the manifest of a bundle."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

from sayso.errors import BundleCorrupt, BundleTooNew, NotABundle
from sayso.labels import KINDS, LABELS

FORMAT = "sayso-bundle"
FORMAT_VERSION = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling: probability = sigmoid(slope * logit + intercept).

    Source: Platt, "Probabilistic outputs for support vector machines", 1999.
    """

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """Calibration and thresholds of one label.

    `threshold` and `evidence_threshold` are probabilities: a sentence is flagged from the first
    on, a word is evidence from the second on.
    """

    calibration: Calibration
    threshold: float
    evidence_threshold: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything needed to serve a bundle besides its network and tokenizer.

    `max_tokens` includes the two special tokens; a longer sentence is read in windows that overlap
    by `overlap_tokens`. `auxiliary` names the sentence heads that were only used in training;
    their logits follow those of the labels.
    """

    name: str
    version: str
    created: str
    sayso_version: str
    base_network: str
    precision: str
    max_tokens: int
    overlap_tokens: int
    labels: Mapping[str, LabelSettings]
    auxiliary: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS

    def to_json(self) -> str:
        """The text of `bundle.json`."""
        body = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return json.dumps(body, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, *, where: str) -> Self:
        """Parse the text of `bundle.json`; `where` is the file's name, for messages.

        Raises:
            NotABundle: the text is not the manifest of a Sayso bundle.
            BundleTooNew: the format version is later than this code reads.
            BundleCorrupt: a field is missing or invalid.
        """
        body = _read_object(text, where)
        labels = {
            name: _label_settings(name, settings, where)
            for name, settings in _field(body, "labels", dict, where).items()
        }
        if tuple(labels) != LABELS:
            raise BundleCorrupt(
                f"{where}: labels are {', '.join(labels)}; expected {', '.join(LABELS)}"
            )
        kinds = tuple(_field(body, "kinds", list, where))
        if kinds != KINDS:
            raise BundleCorrupt(f"{where}: kinds are {kinds}; expected {KINDS}")
        max_tokens = _field(body, "max_tokens", int, where)
        overlap_tokens = _field(body, "overlap_tokens", int, where)
        if not 0 <= overlap_tokens < max_tokens - 2:
            raise BundleCorrupt(
                f"{where}: overlap_tokens is {overlap_tokens}, max_tokens is {max_tokens}; "
                "the overlap must be smaller than a window without its two special tokens"
            )
        texts = ("name", "version", "created", "sayso_version", "base_network", "precision")
        return cls(
            **{name: _field(body, name, str, where) for name in texts},
            max_tokens=max_tokens,
            overlap_tokens=overlap_tokens,
            labels=labels,
            auxiliary=tuple(_field(body, "auxiliary", list, where)),
            kinds=kinds,
        )


def _read_object(text: str, where: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BundleCorrupt(f"{where}: not JSON ({error})") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise NotABundle(f'{where}: not a Sayso bundle; expected "format": "{FORMAT}"')
    version = body.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BundleCorrupt(f"{where}: format_version is {version!r}; expected a whole number")
    if version > FORMAT_VERSION:
        raise BundleTooNew(
            f"{where}: bundle format {version}; this Sayso reads up to {FORMAT_VERSION}. "
            "Upgrade Sayso or use an older bundle"
        )
    return body


def _field(body: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    if key not in body:
        raise BundleCorrupt(f"{where}: field {key!r} is missing")
    value = body[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BundleCorrupt(
            f"{where}: field {key!r} is {type(value).__name__}; expected {kind.__name__}"
        )
    return value


def _label_settings(name: str, settings: Any, where: str) -> LabelSettings:
    where = f"{where}: labels.{name}"
    if not isinstance(settings, dict):
        raise BundleCorrupt(f"{where} is {type(settings).__name__}; expected an object")
    calibration = _field(settings, "calibration", dict, where)
    return LabelSettings(
        calibration=Calibration(
            slope=_number(calibration, "slope", where, low=0.0),
            intercept=_number(calibration, "intercept", where),
        ),
        threshold=_number(settings, "threshold", where, low=0.0, high=1.0),
        evidence_threshold=_number(settings, "evidence_threshold", where, low=0.0, high=1.0),
    )


def _number(
    body: Mapping[str, Any],
    key: str,
    where: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
) -> float:
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BundleCorrupt(f"{where}: {key} is {value!r}; expected a finite number")
    if not low <= value <= high:
        raise BundleCorrupt(f"{where}: {key} is {value}; expected {low} to {high}")
    return float(value)
