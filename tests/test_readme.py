"""What the README says is what happens."""

import inspect
import re
import subprocess
import sys

import pytest

from sayso.cli.serve import serve
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_commands_of_the_readme() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert all(command in script for command in commands)


def test_the_python_example_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "hedging could" in output


@pytest.mark.parametrize("page", ["README.md", "extension/README.md"])
def test_the_server_answers_at_its_address(page: str) -> None:
    given = inspect.signature(serve).parameters
    address = f"http://{given['host'].default}:{given['port'].default}"
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"answers\s+at\s+`(.*?)`", text) == [address]
