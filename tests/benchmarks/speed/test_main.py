import json
from pathlib import Path

import pytest

from benchmarks.speed.__main__ import QUICK
from benchmarks.speed.markdown_tables import MODULES
from tests.benchmarks.conftest import Run


def test_each_benchmark_has_a_quick_form() -> None:
    assert {name.rpartition(".")[2] for name in MODULES} == QUICK.keys()


@pytest.mark.slow
def test_one_command_writes_figures_and_plots(run: Run, articles: Path, tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    wanted = ("--only", "memory", "overhead", "--quick")
    done = run("speed", "--data", articles, "--output", folder, *wanted)
    assert done.returncode == 0, done.stderr
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["memory.json", "memory.svg", "overhead.json", "overhead.svg"]
    overhead = json.loads((folder / "overhead.json").read_text(encoding="utf-8"))
    assert overhead["not_right"] == {}
    assert [*overhead["callers"]] == ["1", "4"]
    assert "only answers 200, each the engine's own | yes" in done.stdout
