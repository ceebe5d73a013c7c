"""What the network says of one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Logits = tuple[Floats, Floats, Floats]
"""One window's logits: of the sentence [labels + auxiliary], the kind [kinds], its pieces
[pieces, labels]."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The network's raw answer for one sentence, before calibration and thresholds.

    `sentence`: float32 [labels + auxiliary], the largest logit over the windows; `kind`: float32
    [kinds], from the window in which an unverified attribution is most likely; `windows`: how many
    the sentence was read in. The pieces of all windows that belong to a word: `word_of`, int32
    [pieces], its number in the sentence; `ranges`, int32 [pieces, 2], half-open code-point ranges;
    `piece_logits`, float32 [pieces, labels].
    """

    sentence: Floats
    kind: Floats
    windows: int
    word_of: Integers
    ranges: Integers
    piece_logits: Floats

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        arrays = (self.sentence, self.kind, self.word_of, self.ranges, self.piece_logits)
        return sum(array.nbytes for array in arrays)

    def words(self) -> tuple[list[tuple[int, int]], Floats]:
        """The words' ranges in the sentence, and their logits, float32 [words, labels]: the largest
        over a word's pieces. A window's edge may cut a word; the window beside it has the rest.
        """
        order = np.argsort(self.word_of, kind="stable")
        if not len(order):
            return [], self.piece_logits
        firsts = np.flatnonzero(np.diff(self.word_of[order], prepend=-1))
        starts = np.minimum.reduceat(self.ranges[order, 0], firsts).tolist()
        ends = np.maximum.reduceat(self.ranges[order, 1], firsts).tolist()
        logits = np.maximum.reduceat(self.piece_logits[order], firsts, axis=0)
        return list(zip(starts, ends, strict=True)), logits


def combine(windows: Sequence[Encoding], logits: Sequence[Logits], attribution: int) -> Reading:
    """One sentence's reading from its windows; `attribution` is the place of that label."""
    sentences = np.stack([one[0] for one in logits])
    strongest = int(sentences[:, attribution].argmax())
    word_of = np.array(
        [-1 if word is None else word for window in windows for word in window.word_ids], np.int32
    )
    ranges = np.array([place for window in windows for place in window.offsets], np.int32)
    pieces = np.concatenate([one[2] for one in logits])
    real = word_of >= 0  # special pieces are of no word
    return Reading(
        sentence=sentences.max(axis=0),
        kind=logits[strongest][1].copy(),  # not the whole batch's
        windows=len(windows),
        word_of=word_of[real],
        ranges=ranges.reshape(-1, 2)[real],
        piece_logits=pieces[real],
    )
