"""The model card, written from the run's own numbers."""

from collections.abc import Mapping

from sayso.bundle.manifest import Manifest
from sayso.labels import KIND_MEANINGS, LABEL_MEANINGS
from sayso.training.export import Parity
from sayso.training.recipe import Recipe, StageRecipe
from sayso.training.results import Evaluation
from sayso.training.tables import (
    Rows,
    evidence_rows,
    flip_rows,
    fold_rows,
    kind_rows,
    leaning_rows,
    markdown,
    mistake_rows,
    sentence_rows,
)

_CARD = """\
# Model card: {name} {version}

{summary}

Sayso reads one English news sentence at a time and gives a calibrated probability for each label,
the words that carry it, and the kind of an unverified attribution. It judges wording, never
truth; sentences, never outlets or authors.

## Labels

{labels}

Kinds of an unverified attribution:

{kinds}

## How it was made

One encoder ({encoder}) with a head for each label, one for kinds and one for evidence, trained by
the recipe `{name}` (seed {seed}; `recipe.toml` in this bundle) and shipped as ONNX int8.
Calibration and thresholds were fitted on the development rows of `{reference}` as the int8
network reads them.

{stages}

{corpora}

## What was measured

Test rows were read once the recipe was finished. `threshold (bundle)` is the shipped one;
`(dev)` was chosen on that corpus's own development rows. Intervals are 95 % bootstrap intervals
over rows. ECE is the expected calibration error over ten bins of equal mass. A head that is not a
label of Sayso is an auxiliary one that the corpus itself taught. The same table comes from
`sayso evaluate`.

{sentences}
{folds}
Evidence, in characters, on test rows that truly have the label; *end-to-end* counts all rows and
only what a flag lets users see:

{evidence}

Kind of an unverified attribution, on true positives:

{kind_results}

Minimal pairs, which change only a name, a place, a side or a party, at the shipped thresholds:

{flips}

Errors at the shipped thresholds by the leaning of the outlet, and how likely differences as large
as these are by chance (chi-squared test):

{leanings}

Exported network against torch, decisions at the shipped thresholds on the reference's test rows:

{parity}

## What it is not for, and where it fails

- It does not check facts. "Officials said" is marked whether the officials are right or wrong, and
  a plain lie in a named person's mouth is not marked.
- It must not be used to rank people, authors or outlets, or to remove text without a person who
  reads it.
- English news of the last thirty years, mostly American. Social media, speech, literature, science
  and other languages were never seen; Sayso warns of other languages but still scores.
- One sentence at a time: who "they" are, irony that builds up over paragraphs, and a source named
  two sentences earlier are out of its sight.
- Loaded framing is the hardest label: even cases between a worn idiom ("under fire") and a vivid
  one ("crashed into a wall") go either way, and praise is missed more often than contempt.
- The reference labels were given by a language model that followed the guidelines, and agree with
  themselves far better than that proves them right; single rows are wrong.
- Rare kinds (`second_hand`) rest on few examples, and their accuracy is a rough guess.
- The words shown as evidence are what the network points at, not a proof of why it decided.

The surest mistakes on test sentences that were written for Sayso:

{mistakes}
"""

_FOLDS = """
Corpora too small to hold rows back, measured in folds, each with the threshold that is best on the
others. Nothing of them was learned from. The spread is the standard deviation between folds:

{}
"""


def model_card(
    manifest: Manifest, recipe: Recipe, evaluation: Evaluation, parity: Mapping[str, Parity]
) -> str:
    """The text of `MODEL_CARD.md`."""
    return _CARD.format(
        name=manifest.name,
        version=manifest.version,
        summary=recipe.summary,
        labels="\n".join(
            f"- `{label}`: the sentence {LABEL_MEANINGS[label]}. Flagged from "
            f"{settings.threshold:.2f} on."
            for label, settings in manifest.labels.items()
        ),
        kinds="\n".join(f"- `{kind}`: {KIND_MEANINGS[kind]}" for kind in manifest.kinds),
        encoder=manifest.base_network,
        seed=recipe.seed,
        reference=recipe.reference,
        stages=markdown(_stage_rows(recipe)),
        corpora=markdown(_corpus_rows(recipe)),
        sentences=markdown(sentence_rows(evaluation)),
        folds=_FOLDS.format(markdown(fold_rows(evaluation))) if evaluation.folds else "",
        evidence=markdown(evidence_rows(evaluation)),
        kind_results=markdown(kind_rows(evaluation)),
        flips=markdown(flip_rows(evaluation)),
        leanings=markdown(leaning_rows(evaluation)),
        mistakes=markdown(mistake_rows(evaluation)),
        parity=markdown(
            (
                ("network", "sentences", "largest difference", "mean difference", "flips"),
                [
                    (
                        name,
                        str(one.sentences),
                        f"{one.largest:.4f}",
                        f"{one.mean:.4f}",
                        f"{one.flips:.2%}",
                    )
                    for name, one in parity.items()
                ],
            )
        ),
    )


def _stage_rows(recipe: Recipe) -> Rows:
    header = ("stage", "follows", "taught by", "epochs", "runs", "share of each corpus in an epoch")
    start = f"the bundle {recipe.teacher}" if recipe.teacher else "the pretrained encoder"
    names = (start, *(stage.name for stage in recipe.stages))
    return header, [
        (
            stage.name,
            stage.begin or before,
            " and ".join(_taught_by(stage, recipe)),
            str(stage.epochs),
            str(stage.runs),
            ", ".join(f"{name} {share:g}" for name, share in stage.shares.items()),
        )
        for before, stage in zip(names, recipe.stages, strict=False)
    ]


def _taught_by(stage: StageRecipe, recipe: Recipe) -> list[str]:
    is_distilled = bool(stage.mimic or stage.teachers)
    labels = [] if is_distilled and not stage.trust else ["labels"]
    return [*labels, *stage.teachers, *([recipe.teacher] if stage.mimic else [])]


def _corpus_rows(recipe: Recipe) -> Rows:
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
