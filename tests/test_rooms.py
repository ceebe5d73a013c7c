"""Imports go down from room to room, never up and never in a circle; heavy packages stay out."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

BELOW = {
    "bundle": set(),
    "engine": {"bundle"},
    "training": {"engine", "bundle"},
    "console": {"engine"},
    "documents": {"console", "engine"},
    "reports": {"documents", "console", "engine"},
    "comparison": {"reports", "documents", "console", "engine"},
    "corpus_report": {"reports", "documents", "console", "engine"},
    "linting": {"reports", "documents", "console", "engine"},
    "corpus": {"linting", "reports", "documents", "console", "engine"},
    "server": {"reports", "engine", "bundle"},
}
"""The rooms that a room may import; `cli` wires all together."""
FOUNDATIONS = {"errors", "extras", "labels", "suggestions", "telemetry", "validation"}
"""Modules beside the rooms, which any room may import."""
HEAVY = {"torch", "transformers", "datasets", "accelerate", "sklearn"}


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {name_of(file): file for file in (ROOT / "sayso").rglob("*.py")}


def imported(name: str) -> set[str]:
    """The modules of the package that one imports, at its head or inside of a function."""
    names = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (inside & FILES.keys()) or {node.module}
    return (names & FILES.keys()) - {name, "sayso"}


def room_of(name: str) -> str:
    return name.split(".")[1]


def test_every_package_has_a_layer() -> None:
    rooms = {path.parent.name for path in (ROOT / "sayso").glob("*/__init__.py")}
    assert rooms == BELOW.keys() | {"cli"}
    beside = {path.stem for path in (ROOT / "sayso").glob("*.py")}
    assert beside == FOUNDATIONS | {"__init__", "__main__"}


@pytest.mark.parametrize("room", BELOW)
def test_a_package_imports_only_lower_layers(room: str) -> None:
    allowed = BELOW[room] | FOUNDATIONS | {room}
    up = {
        f"{name} -> {other}"
        for name in FILES
        if name.startswith(f"sayso.{room}.")
        for other in imported(name)
        if room_of(other) not in allowed
    }
    assert up == set()


def test_no_imports_are_circular() -> None:
    TopologicalSorter({name: imported(name) for name in FILES}).prepare()


@pytest.mark.parametrize(
    "code",
    [
        "import sayso.engine.scorer",
        "import sayso.server.app",
        "import sayso; sayso.score('It may rain.')",
    ],
)
def test_scoring_imports_nothing_of_training(code: str) -> None:
    check = f"{code}; import sys; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not HEAVY & {name.partition(".")[0] for name in modules}
    assert not [name for name in modules if name.startswith("sayso.training")]
