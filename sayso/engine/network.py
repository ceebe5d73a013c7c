"""A bundle's tokenizer and network: sentences in, predictions out, some of them from a cache."""

import os
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain, islice
from threading import Lock

from cachetools import LRUCache
from tokenizers import Tokenizer

from sayso.bundle.bundle import NETWORK, TOKENIZER, Bundle
from sayso.engine.batching import DynamicBatcher
from sayso.engine.prediction import Prediction, combine
from sayso.engine.runtime import CACHE_BYTES, Runtime, available_cores
from sayso.engine.stopwatch import Stopwatch
from sayso.errors import BundleCorrupt

ENTRY_OVERHEAD = 1000
"""Bytes of a cache entry beside the content of its arrays."""


class Network:
    """Predicts sentences. Safe to call from several threads.

    Args:
        bundle: the tokenizer and the network.
        threads: on which the sentences of all callers are predicted; all cores that this process
            may use if None.
        cache_bytes: size of the cache; 0 keeps nothing.

    Raises:
        BundleCorrupt: the tokenizer or the network cannot be loaded.
    """

    def __init__(
        self, bundle: Bundle, *, threads: int | None = None, cache_bytes: int = CACHE_BYTES
    ) -> None:
        try:
            runtime = Runtime(bundle.path / NETWORK)
            self._tokenizer = Tokenizer.from_file(str(bundle.path / TOKENIZER))
        except Exception as error:  # both libraries raise many kinds, some of them bare
            raise BundleCorrupt(
                f"{bundle.path}: network or tokenizer cannot be loaded ({error}); "
                "was it made for another version of ONNX Runtime?"
            ) from error
        self._batcher = DynamicBatcher(runtime, threads or available_cores())
        self._cache = PredictionCache(cache_bytes)
        self._tokenizer.no_padding()
        # Over-long sentences are cut into windows that overlap, never dropped.
        self._tokenizer.enable_truncation(
            bundle.manifest.max_tokens, stride=bundle.manifest.overlap_tokens
        )

    def predict(
        self, sentences: Sequence[str], stopwatch: Stopwatch | None = None
    ) -> list[Prediction]:
        """One prediction for each sentence, in the same order.

        `stopwatch` records the parts `tokenise` and `infer`.
        """
        known = {sentence: self._cache.get(sentence) for sentence in sentences}
        new = [sentence for sentence, prediction in known.items() if prediction is None]
        predicted = dict(zip(new, self._predict(new, stopwatch or Stopwatch()), strict=True))
        for sentence, prediction in predicted.items():
            self._cache.put(sentence, prediction)
        return [known[sentence] or predicted[sentence] for sentence in sentences]

    def _predict(self, sentences: Sequence[str], stopwatch: Stopwatch) -> list[Prediction]:
        with stopwatch.measure("tokenise"):
            encodings = self._tokenizer.encode_batch(list(sentences)) if sentences else []
        windows = [[encoding, *encoding.overflowing] for encoding in encodings]
        with stopwatch.measure("infer"):
            logits = iter(self._batcher.run([*chain.from_iterable(windows)]))
        return [
            combine(of_sentence, [*islice(logits, len(of_sentence))]) for of_sentence in windows
        ]


class PredictionCache:
    """Predictions of one bundle by sentence, the least recently used dropped first.

    No text is kept: an entry is found by a hash that is keyed anew in each process, so that a copy
    of its memory does not show whether a sentence that somebody guesses was among them.

    Args:
        size: bytes of all entries; 0 keeps nothing.
    """

    def __init__(self, size: int) -> None:
        self._key = os.urandom(16)
        self._lock = Lock()
        self._predictions: LRUCache[bytes, Prediction] = LRUCache(
            size, getsizeof=lambda prediction: prediction.nbytes + ENTRY_OVERHEAD
        )

    def get(self, sentence: str) -> Prediction | None:
        """The prediction for a sentence, if it is cached."""
        with self._lock:
            return self._predictions.get(self._hash(sentence))

    def put(self, sentence: str, prediction: Prediction) -> None:
        """Keep a prediction, unless it is too large for the whole cache."""
        if prediction.nbytes + ENTRY_OVERHEAD > self._predictions.maxsize:
            return
        with self._lock:
            self._predictions[self._hash(sentence)] = prediction

    def _hash(self, sentence: str) -> bytes:
        return blake2b(sentence.encode(), key=self._key, digest_size=16).digest()
