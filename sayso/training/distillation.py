"""What trained networks say of sentences, as targets for the next one.

Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015; on sentences
without labels: Xie et al., "Self-training with Noisy Student improves ImageNet classification",
2020.
"""

from collections.abc import Callable, Iterable, Sequence

import torch

from sayso.training.batches import Batcher
from sayso.training.network import SentenceReader, read_all


def taught_targets(
    teachers: Iterable[SentenceReader],
    data: Batcher,
    rows: Sequence[int],
    *,
    trust: float,
    device: torch.device,
    advance: Callable[[int], object] = lambda read: None,
) -> dict[int, dict[str, float]]:
    """Targets of every sentence head for each of the rows.

    They are the mean of the teachers' probabilities where a row has no label, and else the mean of
    that with the label, which weighs `trust`. One teacher at a time need be in memory.
    """
    read = [read_all(teacher, data, device, rows, advance) for teacher in teachers]
    said = torch.stack([logits.sigmoid() for logits, _ in read]).mean(0)
    targets = read[0][1]
    mixed = torch.where(targets.isnan(), said, trust * targets + (1 - trust) * said)
    return {
        row: dict(zip(data.sentence_heads, values, strict=True))
        for row, values in zip(rows, mixed.tolist(), strict=True)
    }
