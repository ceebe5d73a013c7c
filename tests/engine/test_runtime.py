"""The network on this machine: its processor and its cores."""

import os
import platform
import sys
from pathlib import Path

import numpy as np
import pytest

from sayso.bundle.bundle import NETWORK, SHIPPED
from sayso.engine import runtime
from sayso.engine.runtime import Runtime, available_cores, sums_overflow

BUNDLE = SHIPPED / "base" / NETWORK


@pytest.fixture
def processors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(runtime, "_CPUINFO", file)
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
def test_the_overflow_depends_on_the_processor(
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


def test_both_modes_agree(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_row_does_not_depend_on_the_others() -> None:
    generator = np.random.default_rng(0)
    ids = generator.integers(1000, 20_000, (5, 30))
    mask = np.ones_like(ids)
    mask[0, 12:] = 0
    together = Runtime(BUNDLE).run(ids * mask, mask)
    alone = Runtime(BUNDLE).run(ids[:1, :12], mask[:1, :12])
    assert together[0][0] == pytest.approx(alone[0][0], abs=1e-4)
    assert together[2][0, :12] == pytest.approx(alone[2][0], abs=1e-4)


@pytest.fixture
def cpu_max(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of a control group's limit; the process may run on 8 cores."""
    file = tmp_path / "cpu.max"
    monkeypatch.setattr(runtime, "_CGROUP_QUOTA", file)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return file


@pytest.mark.parametrize(
    ("quota", "cores"),
    [
        ("200000 100000\n", 2),
        ("100000 100000\n", 1),
        ("150000 100000\n", 2),
        ("10000 100000\n", 1),
        ("25000 10000\n", 3),
        ("1600000 100000\n", 8),
        ("max 100000\n", 8),
        ("", 8),
        ("canary\n", 8),
        ("200000\n", 8),
        ("-1 100000\n", 1),
    ],
)
def test_the_limit_of_a_container_counts(cpu_max: Path, quota: str, cores: int) -> None:
    cpu_max.write_text(quota, encoding="ascii")
    assert available_cores() == cores


def test_a_missing_or_unreadable_file_is_no_limit(cpu_max: Path) -> None:
    assert available_cores() == 8
    cpu_max.write_bytes(b"\xff\xfe")
    assert available_cores() == 8
    cpu_max.unlink()
    cpu_max.mkdir()
    assert available_cores() == 8


def test_the_affinity_of_the_process_counts(cpu_max: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cpu_max.write_text("400000 100000\n", encoding="ascii")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert available_cores() == 1


@pytest.mark.parametrize(("counted", "cores"), [(6, 6), (None, 1)])
def test_without_affinity_all_cores_count(
    cpu_max: Path, monkeypatch: pytest.MonkeyPatch, counted: int | None, cores: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    assert available_cores() == cores


def test_this_machine_has_at_least_one() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or sys.maxsize)
