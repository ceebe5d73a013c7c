"""What `sayso score` holds does not grow with what it reads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS, TIMES = 300, 20
"""More rows than are scored together, and how many times as many a larger corpus has."""
WEIGHT = 20_000
"""Bytes of a row: so many that rows which are kept would be seen, whatever else there is."""
GROWTH = 40 * 2**20
"""A third of what the larger corpus has more. Most of it is for what the allocator does not give
back, and for the cache of sentences, which has its own limit.
"""
STATUS = Path("/proc/self/status")
PROGRAM = """
import pathlib, sys
from sayso.cli.main import main
try:
    main()
finally:
    status = pathlib.Path("/proc/self/status").read_text().split()
    print("peak", status[status.index("VmHWM:") + 1], file=sys.stderr)
"""


def write_corpus(path: Path, rows: int) -> Path:
    with path.open("w") as file:
        for number in range(rows):
            text = f"Officials said dam {number % 500} could fail."
            file.write(json.dumps({"text": text, "other": f"{number}" + "x" * WEIGHT}) + "\n")
    return path


def peak(corpus: Path, output: Path) -> int:
    """The most memory that a run has held, in bytes."""
    command = [sys.executable, "-c", PROGRAM, "score", str(corpus), "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return 1024 * int(done.stderr.split()[-1])


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="reads the peak of memory where Linux shows it")
@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_twenty_times_the_rows_need_no_more_memory(tmp_path: Path, form: str) -> None:
    small = write_corpus(tmp_path / "small.jsonl", ROWS)
    large = write_corpus(tmp_path / "large.jsonl", TIMES * ROWS)
    assert large.stat().st_size - small.stat().st_size > 2.5 * GROWTH
    before, after = (peak(one, tmp_path / f"{one.stem}.out.{form}") for one in (small, large))
    assert (tmp_path / f"large.out.{form}").stat().st_size > TIMES * ROWS * 50
    assert after - before < GROWTH, (before, after)
