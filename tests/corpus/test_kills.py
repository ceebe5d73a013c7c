"""A corpus whose run is killed again and again: nothing is lost, repeated or scored anew."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.corpus.corpora import BAD, small_batches, write_rows

KILLS = 50
ROWS = 120
PER_BATCH = 5
"""So few that there are many moments at which a kill may come."""


def command(corpus: Path, out: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        small_batches(PER_BATCH),
        "score",
        str(corpus),
        "--output",
        str(out),
        *options,
    ]


def folder(out: Path) -> dict[str, tuple[int, bytes]]:
    """What is finished: when each part was written, and what is in it."""
    folder = out.with_name(f"{out.name}.parts")
    found = {}
    for path in folder.glob("0*.part"):
        try:
            found[path.name] = path.stat().st_mtime_ns, path.read_bytes()
        except FileNotFoundError:  # joined and removed meanwhile
            continue
    return found


def kill(
    process: subprocess.Popen[bytes], out: Path, chance: random.Random, seconds: float
) -> None:
    """At a random moment: of the `seconds` that a whole run takes, or when a part appears."""
    last = out.with_name(f"{out.name}.parts") / f"{ROWS // PER_BATCH:08}.part"
    if last.exists() or chance.random() < 0.2:
        time.sleep(chance.uniform(0, seconds))
    else:
        target = len(folder(out)) + chance.randrange(6)
        while process.poll() is None and not last.exists() and len(folder(out)) < target:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.02))
    process.kill()
    process.wait()


@pytest.mark.slow
def test_a_run_that_is_killed_fifty_times(tmp_path: Path) -> None:
    corpus, whole = write_rows(tmp_path / "corpus.jsonl", ROWS), tmp_path / "whole.jsonl"
    start = time.monotonic()
    undisturbed = subprocess.run(command(corpus, whole), capture_output=True, check=False)
    assert undisturbed.returncode == 3, undisturbed.stderr
    seconds = time.monotonic() - start
    chance, kills, runs = random.Random(7), 0, 0
    while kills < KILLS:
        runs += 1
        out = tmp_path / f"run {runs}" / "out.jsonl"
        out.parent.mkdir()
        kept: dict[str, tuple[int, bytes]] = {}
        while True:
            with subprocess.Popen(
                command(corpus, out, "--resume"), stderr=subprocess.PIPE
            ) as process:
                if kills < KILLS:
                    kill(process, out, chance, seconds)
                assert process.stderr is not None
                said = process.stderr.read().decode()
            if process.returncode != -9:
                break
            kills += 1
            found = folder(out)
            if not out.exists():
                assert kept.items() <= found.items()  # nothing is lost, nothing is scored anew
                kept = found
            elif not out.with_name("out.jsonl.parts").exists():
                break  # the kill came after the last step
        assert process.returncode in (3, -9), said
        assert out.read_bytes() == whole.read_bytes()
        bad = out.with_name("out.jsonl.bad.jsonl").read_bytes()
        assert bad == (tmp_path / "whole.jsonl.bad.jsonl").read_bytes()
    rows = [json.loads(line)["input"]["id"] for line in whole.read_text().splitlines()]
    assert rows == [number for number in range(ROWS) if number not in BAD]
    assert kills == KILLS
