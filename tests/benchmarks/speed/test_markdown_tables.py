import json
import sys
from pathlib import Path

import pytest

from benchmarks.speed import markdown_tables
from benchmarks.speed.growth import CURVES
from tests.conftest import ROOT

FIGURES = {
    "benchmark": "speed.memory",
    "machine": {"cpu": "A CPU", "cores": 2, "load": 0.1, "flags": [], "versions": {"python": "3"}},
    "threads": 2,
    "sentences": 1000,
    "mib": {"start": 1, "at_1_percent": 2, "at_half": 4, "end": 5, "growth": 0.25},
}
DOCUMENT = "Before\n<!-- table memory -->\nold\n<!-- end -->\n<!-- table other -->\n<!-- end -->\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "memory.json"
    file.write_text(json.dumps(FIGURES), encoding="utf-8")
    return file


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["markdown_tables", *map(str, arguments)])
    markdown_tables.main()


def test_tables_are_printed(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, file)
    printed = capsys.readouterr().out
    assert printed.startswith("A CPU, 2 cores, load 0.1 before, python 3\n")
    assert "| 1,000 | 1.0 MiB | 2.0 MiB | 4.0 MiB | 5.0 MiB | +25.0% | not flat |" in printed


def test_tables_are_written_into_their_sections(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = file.with_name("page.md")
    document.write_text(DOCUMENT, encoding="utf-8")
    call(monkeypatch, file, "--into", document)
    filled = document.read_text(encoding="utf-8")
    assert "old" not in filled
    assert "not flat |\n<!-- end -->\n<!-- table other -->\n<!-- end -->\n" in filled
    call(monkeypatch, file, "--into", document)
    assert document.read_text(encoding="utf-8") == filled


def test_other_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.json").write_text('{"benchmark": "os"}', encoding="utf-8")
    with pytest.raises(SystemExit):
        call(monkeypatch, tmp_path / "other.json")
    assert "is not from" in capsys.readouterr().err


def test_the_page_has_sections_of_known_tables() -> None:
    page = (ROOT / "docs" / "growth.md").read_text(encoding="utf-8")
    known = {f"growth-{name}{part}" for name in CURVES for part in ("", "-slopes")}
    assert {name for _, name, _ in markdown_tables.SECTION.findall(page)} == known | {
        "machine-growth",
        "memory",
    }
