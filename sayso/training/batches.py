"""Examples as tensors: tokenization, partly missing targets, batches of similar length."""

import copy
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from sayso.labels import KINDS
from sayso.training.corpora import Example

UNLABELLED = float("nan")
"""Target of a head for which an example has no label."""

SORTING_POOL = 50
"""Batches that are sorted by length together: large enough to waste little, small enough to mix."""


@dataclass(frozen=True, slots=True)
class TensorBatch:
    """Tensors of B sentences with up to T tokens.

    `input_ids`, `attention_mask`: int64 [B, T]; `targets`: float32 [B, sentence heads];
    `token_targets`: float32 [B, T, span heads]; `kinds`: int64 [B], -100 for no kind.
    """

    input_ids: Tensor
    attention_mask: Tensor
    targets: Tensor
    token_targets: Tensor
    kinds: Tensor

    def to(self, device: torch.device) -> "TensorBatch":
        """The same batch on another device."""
        return TensorBatch(*(getattr(self, name).to(device) for name in self.__slots__))


class Batcher:
    """Turns examples into batches. Tokenizes them once, when it is created."""

    def __init__(
        self,
        examples: Sequence[Example],
        tokenizer: PreTrainedTokenizerFast,
        *,
        sentence_heads: Sequence[str],
        span_heads: Sequence[str],
        max_tokens: int,
    ) -> None:
        self.examples = examples
        self.sentence_heads = sentence_heads
        self.span_heads = span_heads
        encoded = tokenizer(
            [example.text for example in examples],
            truncation=True,
            max_length=max_tokens,
            return_offsets_mapping=True,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        self.input_ids: list[list[int]] = encoded["input_ids"]
        self.offsets: list[list[tuple[int, int]]] = encoded["offset_mapping"]
        self.padding = int(tokenizer.pad_token_id or 0)

    def batch(self, rows: Sequence[int]) -> TensorBatch:
        """The batch of the examples at `rows`."""
        length = max(len(self.input_ids[row]) for row in rows)
        input_ids = torch.full((len(rows), length), self.padding)
        attention_mask = torch.zeros((len(rows), length), dtype=torch.int64)
        targets = torch.full((len(rows), len(self.sentence_heads)), UNLABELLED)
        token_targets = torch.full((len(rows), length, len(self.span_heads)), UNLABELLED)
        kinds = torch.full((len(rows),), -100)
        for index, row in enumerate(rows):
            ids, example = self.input_ids[row], self.examples[row]
            input_ids[index, : len(ids)] = torch.tensor(ids)
            attention_mask[index, : len(ids)] = 1
            for head, target in example.targets.items():
                targets[index, self.sentence_heads.index(head)] = target
            for head, spans in example.spans.items():
                column = self.span_heads.index(head)
                for token, (start, end) in enumerate(self.offsets[row]):
                    if start < end:  # special tokens are empty
                        hit = any(start < stop and first < end for first, stop in spans)
                        token_targets[index, token, column] = float(hit)
            if example.kind is not None:
                kinds[index] = KINDS.index(example.kind)
        return TensorBatch(input_ids, attention_mask, targets, token_targets, kinds)

    def with_targets(self, targets: Mapping[int, Mapping[str, float]]) -> "Batcher":
        """The same rows, some of them with new targets."""
        other = copy.copy(self)
        other.examples = [
            replace(example, targets=targets[row]) if row in targets else example
            for row, example in enumerate(self.examples)
        ]
        return other

    def epoch(
        self, groups: Sequence[tuple[Sequence[int], float]], batch_size: int, seed: str
    ) -> list[list[int]]:
        """Rows of each batch of one epoch, in the order of training.

        `groups` are the rows of each corpus and the share of them to draw. The same seed gives
        the same batches, so that a run can be resumed in the middle of an epoch.
        """
        rng = random.Random(seed)
        drawn = [
            row
            for group, share in groups
            for row in rng.sample(group, math.ceil(share * len(group)))
        ]
        rows = list(dict.fromkeys(drawn))  # a row of several corpora counts once
        rng.shuffle(rows)
        pool = SORTING_POOL * batch_size
        batches = [
            batch
            for first in range(0, len(rows), pool)
            for batch in self.by_length(rows[first : first + pool], batch_size)
        ]
        rng.shuffle(batches)
        return batches

    def by_length(self, rows: Sequence[int], batch_size: int) -> Iterator[list[int]]:
        """Rows sorted by their number of tokens, in batches."""
        ordered = sorted(rows, key=lambda row: len(self.input_ids[row]))
        for first in range(0, len(ordered), batch_size):
            yield ordered[first : first + batch_size]
