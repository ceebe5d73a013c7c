"""Run every notebook again and store it as it ran: `python -m notebooks.execute [NAME...]`."""

import sys
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


class ThisPython(AsyncKernelManager):
    """Starts kernels with the Python that runs this, whatever kernels are installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def read(path: Path) -> Any:
    """The notebook stored in a file."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def execute(notebook: Any) -> None:
    """Run a notebook from top to bottom, in place, where Jupyter would open it."""
    NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute()
    # Which Python it was is of no interest, and would change the file on every machine.
    notebook.metadata.language_info = {"name": "python"}


def main() -> None:
    """Run the notebooks that are named, or all."""
    for path in [FOLDER / f"{name}.ipynb" for name in sys.argv[1:]] or FOLDER.glob("*.ipynb"):
        notebook = read(path)
        execute(notebook)
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
