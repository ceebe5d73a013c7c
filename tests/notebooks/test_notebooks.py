"""Each notebook runs from top to bottom, and is stored as it ran."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from notebooks.execute import FOLDER, execute, read
from sayso.bundle.bundle import Bundle

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?:/(?:home|root|Users|work|tmp|usr|opt|mnt)/|\b[A-Z]:\\\\?\w)[^\s\"]*")


def outputs(notebook: Any) -> list[Any]:
    """All outputs of the code cells."""
    return [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["article", "data", "evaluation"]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_where_jupyter_opens_it(path: Path) -> None:
    notebook = read(path)
    execute(notebook)
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_is_complete_and_has_no_local_paths(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for output in outputs(notebook) if output.output_type == "error"]
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]
    assert any("image/png" in output.get("data", {}) for output in outputs(notebook))
    assert notebook.metadata.kernelspec.name == "python3"
    for output in outputs(notebook):  # pictures are base64, in which anything may stand
        output.get("data", {}).pop("image/png", None)
    assert not MACHINE_PATH.findall(json.dumps(notebook))


@pytest.mark.parametrize("name", ["article", "evaluation"])
def test_the_shipped_bundle_was_shown(name: str) -> None:
    version = Bundle.load().model_version
    assert version in (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"), (
        f"run it again: python -m notebooks.execute {name}"
    )
