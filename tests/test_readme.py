"""What the README says is what happens."""

import inspect
import os
import re
import subprocess
import sys

import pytest

from sayso.cli.serve import serve
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_is_the_real_output() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("FORCE_COLOR", "CLICOLOR_FORCE")
    }
    output = subprocess.run(
        [sys.executable, "-m", "sayso", "score", "examples/harbour.txt"],
        env=environment | {"COLUMNS": "92", "NO_COLOR": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (shown,) = re.findall(r"```text\n(.*?)\n```", README, re.DOTALL)
    assert shown.strip() == output.strip()


def test_ci_runs_the_commands_of_the_readme() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert all(command in script for command in commands)


def test_the_figures_are_those_of_the_shipped_bundles() -> None:
    cards = "".join(
        (ROOT / "models" / name / "MODEL_CARD.md").read_text(encoding="utf-8")
        for name in ("base", "fast")
    )
    section = README.partition("## How good it is")[2].partition("## Limits")[0]
    figures = re.findall(r"\.\d{3}", section)
    assert figures
    assert all(figure in cards for figure in figures)


def test_the_python_example_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "hedging could" in output


@pytest.mark.parametrize("page", ["README.md", "extension/README.md"])
def test_the_address_of_the_server_is_where_it_answers(page: str) -> None:
    given = inspect.signature(serve).parameters
    address = f"http://{given['host'].default}:{given['port'].default}"
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"answers\s+at\s+`(.*?)`", text) == [address]
