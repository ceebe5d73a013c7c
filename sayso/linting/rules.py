"""Rules: `--fail-on` for sentences, `--max-density` for whole texts.

    rule       = label [":" kind] [comparison number]
    comparison = ">" | ">="

`loaded_framing>0.8` matches a sentence with such a score, `unverified_attribution:no_source` one
that is flagged with this kind, `hedging` any that is flagged.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sayso.engine.report import Sentence
from sayso.errors import InputError
from sayso.labels import KINDS, LABELS, UNVERIFIED_ATTRIBUTION
from sayso.suggestions import require_known

_RULE = re.compile(r"\s*([\w-]+)\s*(?::\s*([\w-]+)\s*)?(?:(>=|>)\s*(\S+)\s*)?")


@dataclass(frozen=True, slots=True)
class FailRule:
    """A sentence that matches fails the check. `text` is the rule as it was written."""

    text: str
    label: str
    kind: str | None = None
    above: float | None = None
    inclusive: bool = False

    def matches(self, sentence: Sentence, thresholds: Mapping[str, float]) -> bool:
        """Whether a sentence breaks the rule.

        A sentence without scores breaks none, nor does one whose mark is ignored: its score
        reaches the threshold, but it is not flagged. A rule's score may be below the threshold.
        """
        score = (sentence.scores or {}).get(self.label)
        flagged = self.label in sentence.flags
        if score is None or (not flagged and score >= thresholds[self.label]):
            return False
        if self.kind is not None and sentence.kind != self.kind:
            return False
        if self.above is None:
            return flagged
        return score >= self.above if self.inclusive else score > self.above


def fail_rules(texts: Iterable[str], option: str) -> list[FailRule]:
    """Parse rules; messages name the `option` that they come from.

    Raises:
        InputError: if a rule is invalid.
    """
    return [_fail_rule(part, option) for text in texts for part in text.split(",") if part.strip()]


def _fail_rule(text: str, option: str) -> FailRule:
    where = f"{option} {text.strip()!r}"
    match = _RULE.fullmatch(text)
    if match is None:
        raise InputError(
            f"invalid {where}; expected LABEL, LABEL>SCORE or LABEL:KIND>=SCORE, such as "
            "loaded_framing>0.8"
        )
    label, kind, comparison, number = match.groups()
    require_known(label, LABELS, f"{where}: unknown label")
    if kind is not None:
        if label != UNVERIFIED_ATTRIBUTION:
            raise InputError(f"{where}: only {UNVERIFIED_ATTRIBUTION} has kinds")
        require_known(kind, KINDS, f"{where}: unknown kind")
    above = None if number is None else _number(number, where, "score", 1)
    return FailRule(text.strip(), label, kind, above, inclusive=comparison == ">=")


def densities(texts: Iterable[str], option: str) -> dict[str, float]:
    """Parse `LABEL=MARKS` pairs: the most marks in 1,000 words, per label.

    Raises:
        InputError: if a pair is invalid.
    """
    limits = {}
    for text in (part for value in texts for part in value.split(",") if part.strip()):
        label, equals, number = (part.strip() for part in text.partition("="))
        if not equals:
            raise InputError(
                f"invalid {option} {text.strip()!r}; expected LABEL=MARKS, such as hedging=20"
            )
        limits.update(density_limits({label: number}, option))
    return limits


def density_limits(table: Mapping[str, object], option: str) -> dict[str, float]:
    """Check limits by label: marks in 1,000 words.

    Raises:
        InputError: if a label is unknown or a limit is not a number of 0 or more.
    """
    for label in table:
        require_known(label, LABELS, f"{option}: unknown label")
    return {
        label: _number(number, f"{option} {label}", "limit", math.inf)
        for label, number in table.items()
    }


def _number(value: object, where: str, what: str, most: float) -> float:
    try:
        number = float(value)  # type: ignore[arg-type] # anything else is an error too
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not 0 <= number <= most:
        expected = "a number, 0 or more" if most == math.inf else f"a number from 0 to {most:g}"
        raise InputError(f"{where}: invalid {what} {value!r}; expected {expected}")
    return number
