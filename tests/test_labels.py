"""The labels are described once, in `labels.json`."""

import json
import re
from dataclasses import asdict

from sayso.labels import KIND_INFO, KINDS, LABEL_INFO, LABELS
from tests.conftest import ROOT

COLOURS = {
    colour
    for label in LABEL_INFO.values()
    for palette in (label.light, label.dark, label.print)
    for colour in asdict(palette).values()
}


def test_every_label_and_kind_is_described() -> None:
    described = json.loads((ROOT / "sayso/labels.json").read_text(encoding="utf-8"))
    assert tuple(described["labels"]) == LABELS
    assert tuple(described["kinds"]) == KINDS
    assert all(info.name == label.replace("_", " ") for label, info in LABEL_INFO.items())
    assert all(info.name == kind.replace("_", " ") for kind, info in KIND_INFO.items())


def test_marked_words_are_readable() -> None:
    """Text on a label's background has the contrast that WCAG asks of level AAA."""
    for label in LABEL_INFO.values():
        for palette in (label.light, label.dark, label.print):
            assert contrast(palette.text, palette.background) >= 7
        assert contrast("#000000", label.dark.line) >= 7  # as in the terminal


def test_no_other_python_or_css_file_holds_a_label_colour() -> None:
    files = [path for path in (ROOT / "sayso").rglob("*.*") if path.suffix in (".py", ".css")]
    assert len(files) > 100
    found = {
        (path.name, colour)
        for path in files
        for colour in re.findall(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8").lower())
        if colour in COLOURS
    }
    # A custom property may be missing; its substitute is the outline of what has the focus.
    assert found <= {("page.css", LABEL_INFO["hedging"].light.line)}


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
