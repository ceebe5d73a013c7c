"""How many cores the network may use."""

import os
import sys
from pathlib import Path

import pytest

from sayso.engine import resources
from sayso.engine.resources import available_cores


@pytest.fixture
def cpu_max(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file in which a control group has its limit; here the process may run on 8 cores."""
    file = tmp_path / "cpu.max"
    monkeypatch.setattr(resources, "_CGROUP_QUOTA", file)
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
def test_a_containers_limit_counts(cpu_max: Path, quota: str, cores: int) -> None:
    cpu_max.write_text(quota, encoding="ascii")
    assert available_cores() == cores


def test_a_file_that_is_not_there_or_no_text_is_no_limit(cpu_max: Path) -> None:
    assert available_cores() == 8
    cpu_max.write_bytes(b"\xff\xfe")
    assert available_cores() == 8
    cpu_max.unlink()
    cpu_max.mkdir()
    assert available_cores() == 8


def test_the_cores_that_a_process_may_run_on_count(
    cpu_max: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu_max.write_text("400000 100000\n", encoding="ascii")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert available_cores() == 1


@pytest.mark.parametrize(("counted", "cores"), [(6, 6), (None, 1)])
def test_where_a_process_cannot_say_what_it_may_run_on_all_cores_count(
    cpu_max: Path, monkeypatch: pytest.MonkeyPatch, counted: int | None, cores: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    assert available_cores() == cores


def test_there_is_at_least_one_here() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or sys.maxsize)
