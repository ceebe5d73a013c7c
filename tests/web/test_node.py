"""The unit tests of the JavaScript of the page and the highlighter, run by Node.js."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).parent.glob("*.test.js"))
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="no Node.js is installed")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_units(path: Path) -> None:
    done = subprocess.run(
        [str(NODE), "--test", str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
