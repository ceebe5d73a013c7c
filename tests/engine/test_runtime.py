"""The network on this processor, and what is done on older ones."""

import platform
from pathlib import Path

import numpy as np
import pytest

from sayso.bundle.bundle import NETWORK, SHIPPED
from sayso.engine import runtime
from sayso.engine.runtime import Runtime, sums_overflow

BUNDLE = SHIPPED / "base" / NETWORK


@pytest.fixture
def processors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(runtime, "_PROCESSORS", file)
    return file


@pytest.mark.parametrize(
    ("machine", "flags", "overflow"),
    [
        ("x86_64", "fpu avx2 avx512f avx512_vnni", False),
        ("x86_64", "fpu avx2 avx_vnni", False),
        ("AMD64", "fpu avx2 avx512f", True),
        ("x86_64", None, True),
        ("aarch64", None, False),
        ("arm64", None, False),
    ],
)
def test_what_the_processor_can_do_is_asked(
    processors: Path,
    monkeypatch: pytest.MonkeyPatch,
    machine: str,
    flags: str | None,
    overflow: bool,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    if flags is not None:
        processors.write_text(f"flags\t\t: {flags}\n", encoding="ascii")
    assert sums_overflow() == overflow


def test_both_ways_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    ids = generator.integers(1000, 20_000, (4, 24))
    mask = np.ones_like(ids)
    mask[1, 9:] = 0
    answers = []
    for overflow in (False, True):
        monkeypatch.setattr(runtime, "sums_overflow", lambda overflow=overflow: overflow)
        answers.append(Runtime(BUNDLE).run(ids, mask))
    (sentence, kind, token), (same_sentence, same_kind, same_token) = answers
    assert sentence == pytest.approx(same_sentence, abs=1e-3)
    assert kind == pytest.approx(same_kind, abs=1e-3)
    real = mask == 1
    assert token[real] == pytest.approx(same_token[real], abs=1e-3)


def test_a_row_says_the_same_whatever_stands_beside_it() -> None:
    generator = np.random.default_rng(0)
    ids = generator.integers(1000, 20_000, (5, 30))
    mask = np.ones_like(ids)
    mask[0, 12:] = 0
    together = Runtime(BUNDLE).run(ids * mask, mask)
    alone = Runtime(BUNDLE).run(ids[:1, :12], mask[:1, :12])
    assert together[0][0] == pytest.approx(alone[0][0], abs=1e-4)
    assert together[2][0, :12] == pytest.approx(alone[2][0], abs=1e-4)
