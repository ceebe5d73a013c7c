"""The corpora of a recipe as one set of training examples.

Corpora share sentences. A sentence that several corpora label becomes a single example with the
labels of all, and a sentence that any corpus holds out for development or testing is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sayso.training.corpora import Example, normalized


@dataclass(frozen=True, slots=True)
class Mixture:
    """`rows` maps each corpus to the indices of its examples; `held_out` counts the sentences that
    each corpus lost because a corpus holds them out.
    """

    examples: list[Example]
    rows: dict[str, list[int]]
    held_out: dict[str, int]


def mix(corpora: Mapping[str, Sequence[Example]], held_out: Iterable[str]) -> Mixture:
    """Pool the examples of several corpora without the texts `held_out`.

    If two corpora label the same head of the same text, the first one counts.
    """
    forbidden = {normalized(text) for text in held_out}
    examples: list[Example] = []
    indices: dict[str, int] = {}
    rows: dict[str, list[int]] = {}
    lost: dict[str, int] = {}
    for name, found in corpora.items():
        allowed = [example for example in found if normalized(example.text) not in forbidden]
        lost[name] = len(found) - len(allowed)
        of_corpus: dict[int, None] = {}
        for example in allowed:
            index = indices.setdefault(example.text, len(examples))
            if index == len(examples):
                examples.append(example)
            else:
                first = examples[index]
                examples[index] = replace(
                    first,
                    targets={**example.targets, **first.targets},
                    spans={**example.spans, **first.spans},
                    kind=first.kind or example.kind,
                )
            of_corpus[index] = None
        rows[name] = list(of_corpus)
    return Mixture(examples, rows, lost)
