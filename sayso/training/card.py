"""The model card, written from the run's own figures."""

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from sayso.bundle.manifest import Manifest
from sayso.labels import KIND_MEANINGS, LABEL_MEANINGS
from sayso.training.export import Parity
from sayso.training.recipe import Recipe, StageRecipe
from sayso.training.results import Evaluation
from sayso.training.tables import (
    TextTable,
    evidence_rows,
    flip_rows,
    fold_rows,
    kind_rows,
    leaning_rows,
    markdown,
    mistake_rows,
    sentence_rows,
)

TEMPLATE = files("sayso.training") / "model_card_template.md"


def model_card(
    manifest: Manifest, recipe: Recipe, evaluation: Evaluation, parity: Mapping[str, Parity]
) -> str:
    """The text of `MODEL_CARD.md`."""
    tables = {
        "stages": _stage_rows(recipe),
        "corpora": _corpus_rows(recipe),
        "sentences": sentence_rows(evaluation),
        "folds": fold_rows(evaluation),
        "evidence": evidence_rows(evaluation),
        "kinds": kind_rows(evaluation),
        "flips": flip_rows(evaluation),
        "leanings": leaning_rows(evaluation),
        "parity": _parity_rows(parity),
        "mistakes": mistake_rows(evaluation),
    }
    # Markdown, not HTML: nothing is escaped.
    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        manifest=manifest,
        recipe=recipe,
        evaluation=evaluation,
        label_meanings=LABEL_MEANINGS,
        kind_meanings=KIND_MEANINGS,
        tables={name: markdown(table) for name, table in tables.items()},
    )


def _parity_rows(parity: Mapping[str, Parity]) -> TextTable:
    header = ("network", "sentences", "largest difference", "mean difference", "flips")
    return header, [
        (
            name,
            str(of_file.sentences),
            f"{of_file.largest:.4f}",
            f"{of_file.mean:.4f}",
            f"{of_file.flips:.2%}",
        )
        for name, of_file in parity.items()
    ]


def _stage_rows(recipe: Recipe) -> TextTable:
    header = ("stage", "follows", "taught by", "epochs", "runs", "share of each corpus in an epoch")
    start = f"the bundle {recipe.teacher}" if recipe.teacher else "the pretrained encoder"
    names = (start, *(stage.name for stage in recipe.stages))
    return header, [
        (
            stage.name,
            stage.init_from or before,
            " and ".join(_taught_by(stage, recipe)),
            str(stage.epochs),
            str(stage.soup_size),
            ", ".join(f"{name} {share:g}" for name, share in stage.shares.items()),
        )
        for before, stage in zip(names, recipe.stages, strict=False)
    ]


def _taught_by(stage: StageRecipe, recipe: Recipe) -> list[str]:
    is_distilled = bool(stage.distill_weight or stage.teachers)
    labels = [] if is_distilled and not stage.label_weight else ["labels"]
    return [*labels, *stage.teachers, *([recipe.teacher] if stage.distill_weight else [])]


def _corpus_rows(recipe: Recipe) -> TextTable:
    return ("corpus", "files", "teaches", "licence as stated"), [
        (
            corpus.name,
            ", ".join(corpus.train) or "articles without labels",
            ", ".join(dict.fromkeys(corpus.labels.values())),
            corpus.licence,
        )
        for corpus in recipe.corpora
        if corpus.train or corpus.unlabelled
    ]
