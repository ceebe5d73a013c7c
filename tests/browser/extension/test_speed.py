"""How long the page is kept busy from the click to the last mark.

A busy machine can make any task long, so that no figure of time decides a test. They are printed
whenever this runs.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.browser import ARTICLES, LARGE, SERVICE
from tests.conftest import ROOT

ROUNDS = 2


def test_tasks_of_the_page(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "figures.json"
    command = ["-m", "benchmarks.browser", "--rounds", str(ROUNDS), "--output", str(output)]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with capsys.disabled():
        print(f"\n{done.stdout}")  # noqa: T201
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures.keys() == {*ARTICLES, SERVICE}
    for rounds in figures.values():
        assert len(rounds) == ROUNDS
        assert all(one["marks"] > 20 for one in rounds)
        assert all(one["longest_in_processor"] <= one["all_in_processor"] for one in rounds)
    # The article's own elements, not those beside it.
    assert all(one["styled_at_once"] < 1_000 for one in figures[LARGE])
