"""The labels that Sayso gives, and the kinds of an unverified attribution.

What each is called and means, its colours and its advice are read from `labels.json`, by every
reader of this module, and by the page and the browser extension.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal

HEDGING: Final = "hedging"
UNVERIFIED_ATTRIBUTION: Final = "unverified_attribution"
LOADED_FRAMING: Final = "loaded_framing"

LABELS: Final = (HEDGING, UNVERIFIED_ATTRIBUTION, LOADED_FRAMING)
"""All labels, in the order of the network's outputs."""

KINDS: Final = ("unnamed", "no_source", "second_hand", "withheld")
"""Kinds of an unverified attribution, in the order of the network's outputs."""


@dataclass(frozen=True, slots=True)
class Palette:
    """A label's colours on one kind of background, as `#rrggbb`."""

    background: str
    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Term:
    """A label, or a kind of unverified attribution, as people read it."""

    id: str
    title: str
    meaning: str

    @property
    def name(self) -> str:
        """The title inside a sentence."""
        return self.title.lower()


@dataclass(frozen=True, slots=True)
class Label(Term):
    """A label as people read it.

    `meaning` completes "a sentence that …". `letter` follows marked words where there is no
    colour; `line` is the CSS style of the line under them. `example_evidence` are the marked words
    of `example`.
    """

    letter: str
    advice: str
    example: str
    example_evidence: str
    rule_name: str
    rule_level: Literal["note", "warning"]
    line: str
    light: Palette
    dark: Palette
    print: Palette


def _label(label: str, data: dict[str, Any]) -> Label:
    example, rule = data.pop("example"), data.pop("rule")
    return Label(
        id=label,
        example=example["sentence"],
        example_evidence=example["evidence"],
        rule_name=rule["name"],
        rule_level=rule["level"],
        light=Palette(**data.pop("light")),
        dark=Palette(**data.pop("dark")),
        print=Palette(**data.pop("print")),
        **data,
    )


_DATA = json.loads(files("sayso").joinpath("labels.json").read_text(encoding="utf-8"))

LABEL_INFO: Final = {label: _label(label, _DATA["labels"][label]) for label in LABELS}
KIND_INFO: Final = {kind: Term(id=kind, **_DATA["kinds"][kind]) for kind in KINDS}
