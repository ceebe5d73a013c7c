"""The network's prediction for one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from sayso.bundle.manifest import Calibration
from sayso.labels import KINDS, LABELS, UNVERIFIED_ATTRIBUTION

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Logits = tuple[Floats, Floats, Floats]
"""One window's logits: of the sentence [labels + auxiliary], of its kind [kinds], of its tokens
[tokens, labels]."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """The network's raw output for one sentence, before calibration and thresholds.

    `sentence_logits`: float32 [labels + auxiliary], the largest logit over the windows;
    `kind_logits`: float32 [kinds], from the window in which an unverified attribution is most
    likely; `windows`: the number of windows that the sentence was read in. The tokens of all
    windows that belong to a word: `word_ids`, int32 [tokens], the word's number in the sentence;
    `offsets`, int32 [tokens, 2], half-open code-point ranges; `token_logits`, float32
    [tokens, labels].
    """

    sentence_logits: Floats
    kind_logits: Floats
    windows: int
    word_ids: Integers
    offsets: Integers
    token_logits: Floats

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        sentence = self.sentence_logits.nbytes + self.kind_logits.nbytes
        return sentence + self.word_ids.nbytes + self.offsets.nbytes + self.token_logits.nbytes

    @property
    def kind(self) -> str:
        """The most likely kind, if the sentence has an unverified attribution."""
        return KINDS[int(self.kind_logits.argmax())]

    def probability(self, label: str, calibration: Calibration) -> float:
        """The calibrated probability of `label`, rounded to four digits.

        Rounded before a threshold is applied: what is shown and what is decided agree.
        """
        logit = float(self.sentence_logits[LABELS.index(label)])
        scaled = calibration.slope * logit + calibration.intercept
        return round(float(sigmoid(np.array(scaled))), 4)

    def word_probabilities(self, label: str) -> tuple[list[tuple[int, int]], Floats]:
        """The words' ranges in the sentence, and the probability of `label`, float32 [words], the
        largest over a word's tokens. A window's edge may cut a word; the next window has the rest.
        """
        order = np.argsort(self.word_ids, kind="stable")
        if not len(order):
            return [], self.token_logits[:, 0]
        firsts = np.flatnonzero(np.diff(self.word_ids[order], prepend=-1))
        starts = np.minimum.reduceat(self.offsets[order, 0], firsts).tolist()
        ends = np.maximum.reduceat(self.offsets[order, 1], firsts).tolist()
        logits = np.maximum.reduceat(self.token_logits[order], firsts, axis=0)
        return list(zip(starts, ends, strict=True)), sigmoid(logits[:, LABELS.index(label)])


def combine(windows: Sequence[Encoding], logits: Sequence[Logits]) -> Prediction:
    """One sentence's prediction from its windows."""
    sentences = np.stack([of_sentence for of_sentence, _, _ in logits])
    strongest = int(sentences[:, LABELS.index(UNVERIFIED_ATTRIBUTION)].argmax())
    word_ids = np.array(
        [-1 if word is None else word for window in windows for word in window.word_ids], np.int32
    )
    offsets = np.array([span for window in windows for span in window.offsets], np.int32)
    tokens = np.concatenate([of_tokens for _, _, of_tokens in logits])
    in_word = word_ids >= 0  # special tokens belong to no word
    return Prediction(
        sentence_logits=sentences.max(axis=0),
        kind_logits=logits[strongest][1].copy(),  # not the whole batch's
        windows=len(windows),
        word_ids=word_ids[in_word],
        offsets=offsets.reshape(-1, 2)[in_word],
        token_logits=tokens[in_word],
    )


def sigmoid(logits: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of logits, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)))
