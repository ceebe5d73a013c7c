"""The arrows between the rooms, and no others."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ARROWS = {
    "models": set(),
    "serving": {"models"},
    "training": {"models", "sayso"},  # sayso: evaluation runs the shipped engine
    "sayso": {"serving", "training"},
}
HEAVY = {"torch", "transformers", "datasets", "accelerate", "sklearn", "training"}


def imported(file: Path) -> set[str]:
    """First names of all modules that a file imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("room", ARROWS)
def test_rooms_import_along_the_arrows_only(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        others = imported(file) & (ARROWS.keys() - {room})
        assert others <= ARROWS[room], f"{file} imports {others - ARROWS[room]}"


def test_only_evaluation_goes_through_the_front_door() -> None:
    users = {path.name for path in (ROOT / "training").rglob("*.py") if "sayso" in imported(path)}
    assert users == {"calibration.py", "evaluation.py", "fairness.py", "reading.py"}


@pytest.mark.parametrize(
    "code",
    [
        "import sayso.engine.scorer",
        "import sayso.server.app",
        "import sayso; sayso.score('It may rain.')",
    ],
)
def test_answering_needs_nothing_of_learning(code: str) -> None:
    check = f"{code}; import sys; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not HEAVY & {name.partition(".")[0] for name in modules}


def test_most_files_can_be_read_in_one_sitting() -> None:
    lengths = {
        file: len(file.read_text(encoding="utf-8").splitlines())
        for room in ARROWS
        for file in (ROOT / room).rglob("*.py")
    }
    assert not {file: length for file, length in lengths.items() if length > 300}
