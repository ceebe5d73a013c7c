"""All speed figures: `python -m benchmarks.speed --data DIR --output FOLDER [--only NAME ...]`.

Runs each benchmark in its own process, one after the other, and writes `NAME.json` and `NAME.svg`
into the folder (`growth-CURVE.svg` for the curves). It takes about half an hour on two idle cores;
`--quick` checks in a few minutes that everything runs, with meaningless figures.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.command import add_data
from benchmarks.speed.markdown_tables import MODULES

ROOT = Path(__file__).parents[2]
QUICK = {
    "engines": "--sentences 10 --rounds 3",
    "latency": "--sentences 4 --rounds 3",
    "growth": "--tokens 8 64 --sentences 1 4 --documents 1 2 --workers 1 2 --work 16 --rounds 1",
    "memory": "--sentences 100",
    "overhead": "--callers 1 4 --requests 10 --rounds 3",
}


def main() -> None:
    """Run all from the command line."""
    modules = {name.rpartition(".")[2]: name for name in sorted(MODULES)}
    parser = argparse.ArgumentParser(description="Run the speed benchmarks.")
    add_data(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", required=True, help="for JSON and SVG files"
    )
    parser.add_argument(
        "--only", nargs="+", choices=modules, default=list(modules), help="run only these (all)"
    )
    parser.add_argument("--quick", action="store_true", help="only check that everything runs")
    options = parser.parse_args()
    data, folder = options.data.resolve(), options.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in options.only:
        print(f"{name} ...", file=sys.stderr)
        command = [sys.executable, "-m", f"benchmarks.{modules[name]}", "--data", str(data)]
        command += ["--output", str(folder / f"{name}.json"), "--plot", str(folder / f"{name}.svg")]
        command += QUICK[name].split() if options.quick else []
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
