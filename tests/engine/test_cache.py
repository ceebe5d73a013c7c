"""Readings that are kept, and what they save."""

import numpy as np
import pytest

from sayso.engine.cache import OVERHEAD, ReadingCache
from sayso.engine.prediction import Reading
from sayso.engine.scorer import Engine
from tests.conftest import ROOT


def reading(pieces: int) -> Reading:
    return Reading(
        sentence=np.zeros(10, np.float32),
        kind=np.zeros(4, np.float32),
        windows=1,
        word_of=np.zeros(pieces, np.int32),
        ranges=np.zeros((pieces, 2), np.int32),
        piece_logits=np.zeros((pieces, 3), np.float32),
    )


def test_what_is_kept_is_bounded_in_bytes_and_the_least_used_goes_first() -> None:
    one = reading(30)
    cache = ReadingCache(3 * (one.nbytes + OVERHEAD))
    for name in ("a", "b", "c"):
        cache.put(name, one)
    assert cache.get("a") is one
    cache.put("d", one)
    assert cache.get("b") is None
    assert all(cache.get(name) is one for name in ("a", "c", "d"))


def test_what_is_too_large_is_not_kept_and_drops_nothing() -> None:
    small, large = reading(10), reading(10_000)
    cache = ReadingCache(2 * (small.nbytes + OVERHEAD))
    cache.put("small", small)
    cache.put("large", large)
    assert cache.get("large") is None
    assert cache.get("small") is small


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = ReadingCache(0)
    cache.put("a", reading(1))
    assert cache.get("a") is None


def test_no_text_is_kept() -> None:
    cache = ReadingCache(10**6)
    cache.put("a secret sentence", reading(5))
    assert "secret" not in repr(list(cache._readings.items()))
    assert ReadingCache(0)._hash("a") != ReadingCache(0)._hash("a")  # another process, another key


def test_an_edited_article_costs_what_was_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    read = []
    batches = engine.network._batches
    whole = batches.read
    monkeypatch.setattr(
        batches, "read", lambda windows: read.append(len(windows)) or whole(windows)
    )
    text = (ROOT / "examples" / "harbour.txt").read_text(encoding="utf-8")
    before = engine.score(text)
    edited = text.replace("22%", "23%")
    after = engine.score(edited)
    assert read == [len(before.sentences), 1]
    fresh = Engine(cache_bytes=0).score(edited)
    assert after == fresh
    engine.score(text + "\n\n" + text)
    assert read == [len(before.sentences), 1, 0]
