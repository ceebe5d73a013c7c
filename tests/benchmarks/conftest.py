"""What tests of benchmarks share: made-up articles, and the command lines."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

ARTICLES = (
    "The ferry was late on Monday. It may sail again at noon, the harbour office said.\n\n"
    "Critics say the timetable is a disgrace. No reason was given.",
    'Rain fell on St. Brannoc for six days. "We have seen worse," Ms. Odell said.\n'
    "It is believed that the dam held. Officials said that they would look at it.",
) * 3

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run() -> Run:
    """Runs a benchmark from its command line."""

    def runs(benchmark: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", f"benchmarks.{benchmark}", *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
        )

    return runs


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with six made-up articles of four sentences each, three times the same two."""
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in ARTICLES)
    return tmp_path
