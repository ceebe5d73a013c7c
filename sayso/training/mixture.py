"""The corpora of a recipe as one set of training examples.

Corpora borrow sentences from each other. One that several of them label is a single example that
teaches what each of them knows, and one that any of them holds out for development or testing is
no example at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sayso.training.corpora import Example
from sayso.training.letters import letters


@dataclass(frozen=True, slots=True)
class Mixture:
    """`rows` maps each corpus to the places of its examples; `held_out` counts what each lost."""

    examples: list[Example]
    rows: dict[str, list[int]]
    held_out: dict[str, int]


def mix(corpora: Mapping[str, Sequence[Example]], held_out: Iterable[str]) -> Mixture:
    """Pool the examples of several corpora; `held_out` are the texts that must not be learned.

    Where two corpora teach the same head on the same text, the first one counts.
    """
    forbidden = {letters(text) for text in held_out}
    examples: list[Example] = []
    places: dict[str, int] = {}
    rows: dict[str, list[int]] = {}
    lost: dict[str, int] = {}
    for name, found in corpora.items():
        allowed = [example for example in found if letters(example.text) not in forbidden]
        lost[name] = len(found) - len(allowed)
        of_corpus: dict[int, None] = {}
        for example in allowed:
            place = places.setdefault(example.text, len(examples))
            if place == len(examples):
                examples.append(example)
            else:
                examples[place] = _joined(examples[place], example)
            of_corpus[place] = None
        rows[name] = list(of_corpus)
    return Mixture(examples, rows, lost)


def _joined(first: Example, second: Example) -> Example:
    return replace(
        first,
        targets={**second.targets, **first.targets},
        spans={**second.spans, **first.spans},
        kind=first.kind or second.kind,
    )
