"""The model card, written from the run's own figures."""

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from sayso.bundle.manifest import Manifest
from sayso.labels import KIND_INFO, LABEL_INFO
from sayso.training.export import Parity
from sayso.training.recipe import Recipe, StageRecipe
from sayso.training.results import Evaluation
from sayso.training.tables import COLUMNS, TextTable, markdown, text_table

TEMPLATE = files("sayso.training") / "model_card_template.md"


def model_card(
    manifest: Manifest, recipe: Recipe, evaluation: Evaluation, parity: Mapping[str, Parity]
) -> str:
    """The text of `MODEL_CARD.md`."""
    tables = {name: markdown(text_table(evaluation, name)) for name in COLUMNS}
    # Markdown, not HTML: nothing is escaped.
    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        manifest=manifest,
        recipe=recipe,
        evaluation=evaluation,
        labels=LABEL_INFO,
        kinds=KIND_INFO,
        parity=parity,
        tables=tables | {"stages": markdown(_stages(recipe))},
    )


def _stages(recipe: Recipe) -> TextTable:
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
