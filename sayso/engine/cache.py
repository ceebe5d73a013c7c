"""Readings that are kept, so that an edited article costs only what was edited."""

import os
from hashlib import blake2b
from threading import Lock

from cachetools import LRUCache

from sayso.engine.prediction import Reading

OVERHEAD = 1000
"""Bytes that an entry takes beside its arrays' content."""


class ReadingCache:
    """Readings of one bundle by sentence, the least lately used dropped first.

    No text is kept: an entry is found by a hash that is keyed anew in each process, so that a copy
    of its memory does not tell whether a sentence that somebody guesses was among them.

    Args:
        size: bytes that all entries may take; 0 keeps none.
    """

    def __init__(self, size: int) -> None:
        self._key = os.urandom(16)
        self._lock = Lock()
        self._readings: LRUCache[bytes, Reading] = LRUCache(
            size, getsizeof=lambda reading: reading.nbytes + OVERHEAD
        )

    def get(self, sentence: str) -> Reading | None:
        """The reading of a sentence, if it is kept."""
        with self._lock:
            return self._readings.get(self._hash(sentence))

    def put(self, sentence: str, reading: Reading) -> None:
        """Keep a reading, unless it is too large for the whole cache."""
        if reading.nbytes + OVERHEAD > self._readings.maxsize:
            return
        with self._lock:
            self._readings[self._hash(sentence)] = reading

    def _hash(self, sentence: str) -> bytes:
        return blake2b(sentence.encode(), key=self._key, digest_size=16).digest()
