from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from sayso.labels import LABELS
from sayso.training.batches import Batcher
from sayso.training.corpora import Example

HEADS = (*LABELS, "extra")


@pytest.fixture
def batcher(encoder: Path) -> Batcher:
    examples = [
        Example("It may rain.", {"hedging": 1.0}, {"hedging": [(3, 6)]}),
        Example(
            "Officials said so, in a much longer sentence.",
            {"unverified_attribution": 1.0, "extra": 0.25},
            kind="unnamed",
        ),
        Example("It rained.", dict.fromkeys(LABELS, 0.0), {label: [] for label in LABELS}),
    ] * 10
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    return Batcher(
        examples,
        tokenizer,
        sentence_heads=HEADS,
        span_heads=LABELS,
        max_tokens=16,
    )


def test_missing_labels_are_missing_targets(batcher: Batcher) -> None:
    batch = batcher.batch([0, 1, 2])
    assert batch.targets.isnan().tolist() == [
        [False, True, True, True],
        [True, False, True, False],
        [False, False, False, True],
    ]
    assert batch.kinds.tolist() == [-100, 0, -100]


def test_spans_mark_their_tokens_and_no_special_token(batcher: Batcher) -> None:
    (row,) = batcher.batch([0]).token_targets[:, :, 0]
    assert row[0].isnan()
    assert row[-1].isnan()
    assert row[1:-1].tolist() == [0, 1, 0, 0]  # it, may, rain, full stop


def test_padding_is_masked_and_unlabelled(batcher: Batcher) -> None:
    batch = batcher.batch([1, 2])
    assert batch.attention_mask.sum(1).tolist() == [len(batcher.input_ids[one]) for one in (1, 2)]
    assert batch.token_targets[1, int(batch.attention_mask[1].sum()) :].isnan().all()


def test_an_epoch_is_the_same_for_the_same_seed(batcher: Batcher) -> None:
    groups = [(range(20), 1.0), (range(20, 30), 0.5)]
    first = batcher.epoch(groups, 4, "one")
    assert batcher.epoch(groups, 4, "one") == first
    assert batcher.epoch(groups, 4, "two") != first
    rows = sorted(row for batch in first for row in batch)
    assert rows[:20] == list(range(20))
    assert len(rows) == 25
