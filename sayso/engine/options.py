"""Options of a report, checked against the bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from sayso.bundle.manifest import LabelSettings, Manifest
from sayso.engine.report import OffsetUnit
from sayso.errors import InputError
from sayso.labels import LABELS


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a report.

    `labels`: the labels to score; all if None. `thresholds`: per label, 0 to 1; the bundle's own
    for labels that are not given. `offset_unit`: what offsets count.
    """

    labels: Sequence[str] | None = None
    thresholds: Mapping[str, float] | None = None
    offset_unit: OffsetUnit = "codepoint"

    def settings(self, manifest: Manifest) -> dict[str, LabelSettings]:
        """The settings of each label to score, in the order of `LABELS`.

        Raises:
            InputError: an unknown label or unit, or a threshold outside 0 to 1.
        """
        wanted = LABELS if self.labels is None else self.labels
        if not wanted:
            raise InputError(f"labels is empty; known are {', '.join(LABELS)}", field="labels")
        for label in wanted:
            _require_label(label, "labels")
        thresholds = self.thresholds or {}
        for label, threshold in thresholds.items():
            _require_label(label, "thresholds")
            if not 0 <= threshold <= 1:
                raise InputError(
                    f"the threshold of {label} is {threshold}; expected 0 to 1",
                    field=f"thresholds.{label}",
                )
        if self.offset_unit not in get_args(OffsetUnit):
            raise InputError(
                f"offset_unit is {self.offset_unit!r}; known are {', '.join(get_args(OffsetUnit))}",
                field="offset_unit",
            )
        return {
            label: replace(settings, threshold=thresholds.get(label, settings.threshold))
            for label, settings in manifest.labels.items()
            if label in wanted
        }


def _require_label(label: str, field: str) -> None:
    if label not in LABELS:
        raise InputError(f"unknown label {label!r}; known are {', '.join(LABELS)}", field=field)
