"""A bundle's tokenizer and network: sentences in, readings out."""

from collections.abc import Sequence

from tokenizers import Tokenizer

from sayso.bundle.bundle import NETWORK, TOKENIZER, Bundle
from sayso.engine.batching import Batches
from sayso.engine.cache import ReadingCache
from sayso.engine.prediction import Reading, combine
from sayso.engine.resources import CACHE_BYTES, available_cores
from sayso.engine.runtime import Runtime
from sayso.engine.timing import Stopwatch
from sayso.errors import BundleDamaged
from sayso.labels import UNVERIFIED_ATTRIBUTION


class Network:
    """Safe to call from several threads. Threads and cache are the engine's."""

    def __init__(
        self, bundle: Bundle, *, threads: int | None = None, cache_bytes: int = CACHE_BYTES
    ) -> None:
        try:
            runtime = Runtime(bundle.path / NETWORK)
            self._tokenizer = Tokenizer.from_file(str(bundle.path / TOKENIZER))
        except Exception as error:  # both libraries raise many kinds, some of them bare
            raise BundleDamaged(
                f"{bundle.path}: network or tokenizer cannot be loaded ({error}); "
                "was it made for another version of ONNX Runtime?"
            ) from error
        self._batches = Batches(runtime, threads or available_cores())
        self._cache = ReadingCache(cache_bytes)
        self._tokenizer.no_padding()
        # Over-long sentences are cut into windows that overlap, never dropped.
        self._tokenizer.enable_truncation(
            bundle.manifest.max_tokens, stride=bundle.manifest.overlap_tokens
        )
        self._attribution = list(bundle.manifest.labels).index(UNVERIFIED_ATTRIBUTION)

    def read(self, sentences: Sequence[str], watch: Stopwatch | None = None) -> list[Reading]:
        """One reading for each sentence, in the same order; `watch` is told where time goes."""
        kept = {sentence: self._cache.get(sentence) for sentence in sentences}
        known = {sentence: reading for sentence, reading in kept.items() if reading is not None}
        new = [sentence for sentence in kept if sentence not in known]
        for sentence, reading in zip(new, self._read(new, watch or Stopwatch()), strict=True):
            self._cache.put(sentence, reading)
            known[sentence] = reading
        return [known[sentence] for sentence in sentences]

    def _read(self, sentences: Sequence[str], watch: Stopwatch) -> list[Reading]:
        with watch.part("tokenise"):
            encodings = self._tokenizer.encode_batch(list(sentences)) if sentences else []
        windows = [[encoding, *encoding.overflowing] for encoding in encodings]
        with watch.part("infer"):
            logits = self._batches.read([one for of_sentence in windows for one in of_sentence])
        readings, first = [], 0
        for of_sentence in windows:
            last = first + len(of_sentence)
            readings.append(combine(of_sentence, logits[first:last], self._attribution))
            first = last
        return readings
