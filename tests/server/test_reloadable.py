"""The model that answers can be reloaded; an unusable bundle leaves the old one."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from sayso.bundle.bundle import CARD, CHECKSUMS, MANIFEST, SHIPPED, write_checksums
from sayso.errors import BundleCorrupt, BundleNotFound
from sayso.server import reloadable as loaded
from sayso.server.reloadable import ReloadableModel


@dataclass
class Fake:
    """In place of the scorer: which version is loaded next, or what goes wrong."""

    next: str | Exception = "fake-1"
    asked: list[tuple[str | None, int, int]] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)

    def __call__(self, bundle: str | None, *, threads: int, cache_bytes: int) -> Any:
        self.asked.append((bundle, threads, cache_bytes))
        if isinstance(self.next, Exception):
            raise self.next
        version = self.next
        return SimpleNamespace(
            bundle=SimpleNamespace(model_version=version), score=self.scored.append
        )


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    monkeypatch.setattr(loaded, "Scorer", fake)
    return fake


def shown(model: str) -> float | None:
    return REGISTRY.get_sample_value("sayso_model_info", {"model": model})


def reloads(result: str) -> float:
    return REGISTRY.get_sample_value("sayso_reloads_total", {"result": result}) or 0.0


def test_the_bundle_is_loaded_with_the_given_options(scorer: Fake) -> None:
    ReloadableModel("a bundle", 3, cache_bytes=7)
    assert scorer.asked == [("a bundle", 3, 7)]
    assert shown("fake-1") == 1


def test_the_engine_warms_up_before_its_rate_is_measured(
    scorer: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([10.0, 12.0])
    monkeypatch.setattr(loaded, "perf_counter", lambda: next(times))
    model = ReloadableModel(None, 1)
    assert len({*scorer.scored}) == 2  # what was scored before would cost nothing
    assert model.rate == len(scorer.scored[1]) / 2


def test_a_reload_loads_the_bundle_from_its_path(
    scorer: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    model = ReloadableModel("a bundle", 3, cache_bytes=7)
    before, done = model.scorer, reloads("done")
    scorer.next = "fake-2"
    with caplog.at_level(logging.INFO, "sayso"):
        assert model.reload()
    assert scorer.asked == [("a bundle", 3, 7)] * 2
    assert model.scorer is not before
    assert model.scorer.bundle.model_version == "fake-2"
    assert (shown("fake-1"), shown("fake-2")) == (0, 1)
    assert reloads("done") == done + 1
    assert "fake-2" in caplog.text


def test_a_reload_of_the_same_bundle_keeps_its_metric(scorer: Fake) -> None:
    model = ReloadableModel(None, 1)
    assert model.reload()
    assert shown("fake-1") == 1


def test_a_new_bundle_warms_up_before_it_answers(
    scorer: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ReloadableModel(None, 1)
    before = model.scorer
    answering: list[Any] = []
    monkeypatch.setattr(loaded, "WARM_UP", "a text")

    class Noting(list[str]):
        def append(self, text: str) -> None:
            answering.append(model.scorer)

    scorer.scored = Noting()
    assert model.reload()
    assert answering == [before, before]


@pytest.mark.parametrize(
    ("error", "said", "is_told"),
    [
        (BundleCorrupt("network.onnx was changed"), "network.onnx was changed", True),
        (ValueError("canary"), "ValueError", False),
        (MemoryError("canary"), "MemoryError", False),
    ],
)
def test_an_unusable_bundle_leaves_the_old_one(
    scorer: Fake,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: str,
    is_told: bool,
) -> None:
    model = ReloadableModel(None, 1)
    before, refused = model.scorer, reloads("refused")
    scorer.next = error
    with caplog.at_level(logging.DEBUG, "sayso"):
        assert not model.reload()
    assert model.scorer is before
    assert shown("fake-1") == 1
    assert reloads("refused") == refused + 1
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert said in record.getMessage()
    assert "canary" not in caplog.text
    scorer.next = "fake-3"
    assert model.reload()


def test_an_unusable_bundle_at_the_start_is_an_error() -> None:
    with pytest.raises(BundleNotFound):
        ReloadableModel("no such bundle", 1)


def test_a_link_to_another_bundle_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "bundle"

    def bundle(name: str, change: Callable[[dict[str, Any]], object]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file in SHIPPED.joinpath("base").iterdir():
            (folder / file.name).symlink_to(file)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        change(manifest)
        for changed in (MANIFEST, CHECKSUMS):
            (folder / changed).unlink()
        (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        write_checksums(folder)
        return folder

    def point(folder: Path) -> None:
        link.unlink(missing_ok=True)
        link.symlink_to(folder)

    point(bundle("one", lambda manifest: None))
    model = ReloadableModel(str(link), 1)
    first = model.scorer
    text = "Officials said that the dam could fail."

    point(bundle("two", lambda manifest: manifest.update(version="another")))
    assert model.reload()
    assert model.scorer.bundle.manifest.version == "another"
    assert model.scorer.score(text).model != first.score(text).model
    assert model.scorer.score(text).sentences == first.score(text).sentences

    second, broken = model.scorer, bundle("three", lambda manifest: None)
    (broken / CARD).unlink()
    (broken / CARD).write_text("changed", encoding="utf-8")
    point(broken)
    assert not model.reload()
    assert model.scorer is second
