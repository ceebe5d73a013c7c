"""Each notebook runs from top to bottom, and is stored as it ran."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from models.bundle import Bundle
from tests.conftest import ROOT

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?:/(?:home|root|Users|work|tmp|usr|opt|mnt)/|\b[A-Z]:\\\\?\w)[^\s\"]*")


class ThisPython(AsyncKernelManager):
    """Starts kernels with the Python that runs the tests, whatever kernels are installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def stored(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def outputs(notebook: Any) -> list[Any]:
    """All outputs of the code cells."""
    return [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]


def test_there_is_a_notebook() -> None:
    assert FOLDER / "article.ipynb" in NOTEBOOKS


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_where_jupyter_opens_it(path: Path) -> None:
    notebook = stored(path)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_whole_and_clean(path: Path) -> None:
    notebook = stored(path)
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


def test_the_article_was_read_by_the_shipped_bundle() -> None:
    version = Bundle.load().model_version
    assert version in (FOLDER / "article.ipynb").read_text(encoding="utf-8"), (
        "run it again: jupyter execute --inplace notebooks/article.ipynb"
    )
