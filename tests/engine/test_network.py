"""A bundle's network, and the predictions that are cached."""

from collections.abc import Sequence

import numpy as np
import pytest

from sayso.engine.batching import DynamicBatcher
from sayso.engine.network import ENTRY_OVERHEAD, PredictionCache
from sayso.engine.prediction import Prediction
from sayso.engine.scorer import Scorer
from tests.conftest import ROOT


def prediction(tokens: int) -> Prediction:
    return Prediction(
        sentence_logits=np.zeros(10, np.float32),
        kind_logits=np.zeros(4, np.float32),
        windows=1,
        word_ids=np.zeros(tokens, np.int32),
        offsets=np.zeros((tokens, 2), np.int32),
        token_logits=np.zeros((tokens, 3), np.float32),
    )


def test_the_cache_is_bounded_in_bytes_and_drops_the_least_recently_used() -> None:
    cached = prediction(30)
    cache = PredictionCache(3 * (cached.nbytes + ENTRY_OVERHEAD))
    for name in ("a", "b", "c"):
        cache.put(name, cached)
    assert cache.get("a") is cached
    cache.put("d", cached)
    assert cache.get("b") is None
    assert all(cache.get(name) is cached for name in ("a", "c", "d"))


def test_a_prediction_too_large_for_the_cache_drops_nothing() -> None:
    small, large = prediction(10), prediction(10_000)
    cache = PredictionCache(2 * (small.nbytes + ENTRY_OVERHEAD))
    cache.put("small", small)
    cache.put("large", large)
    assert cache.get("large") is None
    assert cache.get("small") is small


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = PredictionCache(0)
    cache.put("a", prediction(1))
    assert cache.get("a") is None


def test_the_cache_keeps_no_text_and_hashes_with_another_key_in_each_process() -> None:
    caches = PredictionCache(10**6), PredictionCache(10**6)
    for cache in caches:
        cache.put("a secret sentence", prediction(5))
        assert "secret" not in repr(vars(cache))
    first, second = (cache._predictions.keys() for cache in caches)
    assert first.isdisjoint(second)


def test_only_edited_sentences_of_an_article_are_scored_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows_run = []
    run = DynamicBatcher.run

    def counted(batcher: DynamicBatcher, windows: Sequence[object]) -> object:
        windows_run.append(len(windows))
        return run(batcher, windows)  # type: ignore[arg-type]

    monkeypatch.setattr(DynamicBatcher, "run", counted)
    scorer = Scorer()
    text = (ROOT / "examples" / "harbour.txt").read_text(encoding="utf-8")
    before = scorer.score(text)
    edited = text.replace("22%", "23%")
    after = scorer.score(edited)
    assert windows_run == [len(before.sentences), 1]
    scorer.score(text + "\n\n" + text)
    assert windows_run == [len(before.sentences), 1, 0]
    assert after == Scorer(cache_bytes=0).score(edited)
