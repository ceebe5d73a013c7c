"""Running the bundle's network on sentences: tokens in, logits out."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from models.bundle import NETWORK, NETWORK_INPUTS, NETWORK_OUTPUTS, TOKENIZER, Bundle
from models.errors import BundleDamaged
from models.labels import UNVERIFIED_ATTRIBUTION
from models.privacy import forbid_calls_home
from serving.stopwatch import Stopwatch

forbid_calls_home()

import onnxruntime as ort

TOKENS_PER_BATCH = 512
"""Enough to keep the cores busy, few enough to stay in their caches (benchmarks/engines.py)."""

_CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """The network's raw answer for one sentence, before calibration and thresholds.

    `sentence`: float32 [labels + auxiliary], the largest logit over the windows; `kind`: float32
    [kinds], from the window in which an unverified attribution is most likely; `words`: half-open
    code-point ranges in the sentence; `word_logits`: float32 [words, labels], the largest over a
    word's pieces; `windows`: how many the sentence was read in.
    """

    sentence: Floats
    kind: Floats
    words: tuple[tuple[int, int], ...]
    word_logits: Floats
    windows: int


class Network:
    """The ONNX network and the tokenizer of a bundle. Safe to call from several threads."""

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = threads or available_cores()
        # Waiting threads that spin would take the cores from the requests beside them.
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        settings.log_severity_level = 3
        # The weights are int8 on disk; turned back once here, not in every call.
        settings.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            self._session = ort.InferenceSession(
                str(bundle.path / NETWORK), settings, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(bundle.path / TOKENIZER))
        except Exception as error:  # both libraries raise many kinds, some of them bare
            raise BundleDamaged(
                f"{bundle.path}: network or tokenizer cannot be loaded ({error}); "
                "was it made for another version of ONNX Runtime?"
            ) from error
        self._tokenizer.no_padding()
        # Over-long sentences are cut into windows that overlap, never dropped.
        self._tokenizer.enable_truncation(
            bundle.manifest.max_tokens, stride=bundle.manifest.overlap_tokens
        )
        self._attribution = list(bundle.manifest.labels).index(UNVERIFIED_ATTRIBUTION)

    def read(self, sentences: Sequence[str], watch: Stopwatch | None = None) -> list[Reading]:
        """One reading for each sentence, in the same order; `watch` is told where time goes."""
        watch = watch or Stopwatch()
        with watch.part("tokenise"):
            windows = [
                [encoding, *encoding.overflowing]
                for encoding in self._tokenizer.encode_batch(list(sentences))
            ]
        flat = [window for of_sentence in windows for window in of_sentence]
        with watch.part("infer"):
            outputs = self._run(flat)
        readings, first = [], 0
        for of_sentence in windows:
            last = first + len(of_sentence)
            readings.append(self._combine(of_sentence, outputs[first:last]))
            first = last
        return readings

    def _run(self, windows: Sequence[Encoding]) -> list[tuple[Floats, ...]]:
        """The network's three outputs for each window, without padding, in the same order."""
        outputs: list[tuple[Floats, ...]] = [()] * len(windows)
        for places in _batches([len(window) for window in windows]):
            length = len(windows[places[-1]])
            ids = np.zeros((len(places), length), np.int64)
            mask = np.zeros_like(ids)
            for row, place in enumerate(places):
                size = len(windows[place])
                ids[row, :size] = windows[place].ids
                mask[row, :size] = 1
            sentence, kind, token = self._session.run(
                list(NETWORK_OUTPUTS), dict(zip(NETWORK_INPUTS, (ids, mask), strict=True))
            )
            for row, place in enumerate(places):
                outputs[place] = (sentence[row], kind[row], token[row, : len(windows[place])])
        return outputs

    def _combine(
        self, windows: Sequence[Encoding], outputs: Sequence[tuple[Floats, ...]]
    ) -> Reading:
        sentence = np.stack([output[0] for output in outputs])
        strongest = int(sentence[:, self._attribution].argmax())
        words: dict[int, tuple[int, int]] = {}
        logits: dict[int, Floats] = {}
        for window, (_, _, token_logits) in zip(windows, outputs, strict=True):
            for word, start, end, word_logits in _words(window, token_logits):
                # A window's edge may cut a word; the window beside it has the rest.
                first, stop = words.get(word, (start, end))
                words[word] = min(first, start), max(stop, end)
                logits[word] = np.maximum(logits.get(word, word_logits), word_logits)
        order = sorted(words)
        labels = outputs[0][2].shape[1]
        return Reading(
            sentence=sentence.max(axis=0),
            kind=outputs[strongest][1],
            words=tuple(words[word] for word in order),
            word_logits=np.array([logits[word] for word in order]).reshape(-1, labels),
            windows=len(windows),
        )


def available_cores() -> int:
    """Cores that this process may use: those that it may run on, and no more than its control
    group, as a container's limit, lets it have time of.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, _cores_of_group(_CGROUP_QUOTA)))


def _cores_of_group(quota: Path) -> int:
    try:
        microseconds, period = quota.read_text(encoding="ascii").split()
        return ceil(int(microseconds) / int(period))
    except (OSError, ValueError):  # no control group of version 2, or one without a limit ("max")
        return sys.maxsize


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of windows, shortest first, in batches whose padded size fits the token budget."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > TOKENS_PER_BATCH:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _words(window: Encoding, token_logits: Floats) -> Iterator[tuple[int, int, int, Floats]]:
    """The words of a window: number in the sentence, start, end, the pieces' largest logits."""
    tokens = [token for token, word in enumerate(window.word_ids) if word is not None]
    if not tokens:
        return
    numbers = [word for word in window.word_ids if word is not None]
    firsts = [0, *(at for at in range(1, len(tokens)) if numbers[at] != numbers[at - 1])]
    largest = np.maximum.reduceat(token_logits[tokens], firsts, axis=0)
    for word_logits, first, stop in zip(largest, firsts, [*firsts[1:], len(tokens)], strict=True):
        start, end = window.offsets[tokens[first]][0], window.offsets[tokens[stop - 1]][1]
        yield numbers[first], start, end, word_logits
