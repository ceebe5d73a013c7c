"""Whether decisions depend on the people and places of a sentence, or on its outlet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import binomtest, chi2_contingency

from sayso.engine.scorer import Scorer
from sayso.labels import LABELS
from sayso.training.corpora import Example, read_rows
from sayso.training.metrics import Float64Array
from sayso.training.recipe import SENTENCES
from sayso.training.results import FlipResult, LeaningResult

PAIRS = SENTENCES / "neutrality" / "pairs.jsonl"


def measure_flips(scorer: Scorer, path: Path = PAIRS) -> list[FlipResult]:
    """Score both members of each minimal pair and count the decisions that differ.

    Rows of `path` have `first`, `second` and `changes`, the only thing that differs. The last
    result is for all pairs.
    """
    pairs = [row for _, row in read_rows(path)]
    first, second = (
        [found.flags for found in scorer.score_sentences([pair[side] for pair in pairs]).sentences]
        for side in ("first", "second")
    )
    differences = [set(a) ^ set(b) for a, b in zip(first, second, strict=True)]
    groups = defaultdict(list)
    for pair, flips in zip(pairs, differences, strict=True):
        groups[pair["changes"]].append(flips)
    return [
        FlipResult(
            changes=name,
            pairs=len(found),
            flipped=sum(map(bool, found)),
            by_label={label: sum(label in flips for flips in found) for label in LABELS},
        )
        for name, found in (*sorted(groups.items()), ("all", differences))
    ]


def read_leanings(path: Path) -> dict[str, str]:
    """The leaning of each article of a file, by its id."""
    return {row["id"]: row["leaning"] for _, row in read_rows(path)}


def measure_leanings(
    examples: Sequence[Example],
    flags: Mapping[str, Float64Array],
    leanings: Mapping[str, str],
) -> list[LeaningResult]:
    """Error rates of each label on the rows whose `doc` has a leaning.

    `flags` maps a label to decisions, 0 or 1, shape [examples].
    """
    leaning_of_row = np.array(
        [leanings.get(str(example.row.get("doc")), "") for example in examples]
    )
    names = sorted(set(leaning_of_row) - {""})
    results = []
    for label, decided in flags.items():
        truth = np.array([example.targets[label] >= 0.5 for example in examples])
        alarms = {name: decided[(leaning_of_row == name) & ~truth] for name in names}
        missed = {name: 1 - decided[(leaning_of_row == name) & truth] for name in names}
        p_alarms, p_misses = _by_chance(alarms), _by_chance(missed)
        for name in names:
            rows, positives = int((leaning_of_row == name).sum()), len(missed[name])
            rates = (*_rate(alarms[name]), *_rate(missed[name]))
            results.append(LeaningResult(label, name, rows, positives, *rates, p_alarms, p_misses))
    return results


def _rate(errors: Float64Array) -> tuple[float, tuple[float, float]]:
    """A share of errors and its 95 % Wilson interval."""
    if not len(errors):
        return 0.0, (0.0, 1.0)
    test = binomtest(int(errors.sum()), len(errors))
    interval = test.proportion_ci(method="wilson")
    return float(errors.mean()), (float(interval.low), float(interval.high))


def _by_chance(errors: Mapping[str, Float64Array]) -> float:
    """The probability of differences at least as large if all groups have the same error rate."""
    table = np.array([[group.sum(), len(group) - group.sum()] for group in errors.values()])
    if len(table) < 2 or (table.sum(0) == 0).any() or (table.sum(1) == 0).any():
        return 1.0
    return float(chi2_contingency(table).pvalue)
