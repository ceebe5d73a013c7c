"""The card is the template and a bundle's own figures, and nothing else."""

import json
from typing import Any

import pytest

from sayso.bundle.bundle import CARD, METRICS, Bundle, shipped_bundles
from sayso.training.card import model_card
from sayso.training.export import Parity
from sayso.training.metrics import SentenceMetrics
from sayso.training.recipe_file import bundle_recipe
from sayso.training.results import (
    Evaluation,
    EvidenceResult,
    FlipResult,
    FoldsResult,
    KindResult,
    LeaningResult,
    Mistake,
    SentenceResult,
)


def evaluation_from(figures: dict[str, Any]) -> Evaluation:
    sentences = [
        SentenceResult(**result | {"metrics": SentenceMetrics(**result["metrics"])})
        for result in figures["sentences"]
    ]
    return Evaluation(
        model=figures["model"],
        recipe=figures["recipe"],
        sentences=tuple(sentences),
        folds=tuple(FoldsResult(**result) for result in figures["folds"]),
        evidence=tuple(EvidenceResult(**result) for result in figures["evidence"]),
        kinds=tuple(KindResult(**result) for result in figures["kinds"]),
        flips=tuple(FlipResult(**result) for result in figures["flips"]),
        leanings=tuple(LeaningResult(**result) for result in figures["leanings"]),
        mistakes=tuple(Mistake(**result) for result in figures["mistakes"]),
        scored=(),
    )


@pytest.mark.parametrize("name", shipped_bundles())
def test_the_shipped_cards_are_made_from_the_shipped_figures(name: str) -> None:
    bundle = Bundle.load(name)
    metrics = json.loads((bundle.path / METRICS).read_text(encoding="utf-8"))
    parity = {network: Parity(**figures) for network, figures in metrics["parity"].items()}
    evaluation = evaluation_from(metrics["evaluation"])
    card = model_card(bundle.manifest, bundle_recipe(name), evaluation, parity)
    assert card == (bundle.path / CARD).read_text(encoding="utf-8")


def test_a_card_without_folds_has_no_section_on_them() -> None:
    bundle = Bundle.load("base")
    metrics = json.loads((bundle.path / METRICS).read_text(encoding="utf-8"))
    evaluation = evaluation_from(metrics["evaluation"] | {"folds": []})
    card = model_card(bundle.manifest, bundle_recipe("base"), evaluation, {})
    assert "measured in folds" not in card
    assert "\n\n\n" not in card
