"""What an install takes: `python -m benchmarks.install [--extras NAME ...] [--output FILE]`.

Installs Sayso into a new virtual environment in a folder that is removed, in the versions of
`constraints.txt`, scores a sentence with it, and prints how large each package is on the disk,
compiled files included, pip itself left out. Needs a package index.
"""

import argparse
import json
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks.speed.command import write

ROOT = Path(__file__).parents[1]
LARGEST = 15  # that are named
MEBIBYTE = 1 << 20
SIZES = """
import json
from importlib.metadata import distributions
sizes = {}
for one in distributions():
    files = [one.locate_file(file) for file in one.files or ()]
    sizes[one.name] = sum(file.stat().st_size for file in files if file.is_file())
print(json.dumps(sizes))
"""


def install(folder: Path, extras: list[str]) -> Path:
    """Make the environment and install Sayso; its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    what = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    constraints = str(ROOT / "constraints.txt")
    command = [str(python), "-m", "pip", "install", "--quiet", "--constraint", constraints, what]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return python


def measure(extras: list[str]) -> dict[str, float]:
    """Mebibytes of each package, the largest first, once a sentence was scored."""
    with TemporaryDirectory(prefix="sayso-install-") as folder:
        python = install(Path(folder), extras)
        score = [str(python), "-m", "sayso", "score", "-"]
        text = "Officials said the dam could fail.\n"
        subprocess.run(
            score, input=text, text=True, check=True, cwd=folder, stdout=subprocess.DEVNULL
        )
        asked = subprocess.run(
            [python, "-c", SIZES], check=True, capture_output=True, text=True, cwd=folder
        )
    sizes: dict[str, int] = json.loads(asked.stdout)
    kept = {name: size for name, size in sizes.items() if name not in ("pip", "setuptools")}
    return {name: size / MEBIBYTE for name, size in sorted(kept.items(), key=lambda item: -item[1])}


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description="Measure what an install takes.")
    parser.add_argument(
        "--extras", nargs="+", default=[], metavar="NAME", help="none where left out"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()

    sizes = measure(options.extras)
    table = Table("package", "MiB", title=f"{len(sizes)} packages, {sum(sizes.values()):.0f} MiB")
    for name, size in list(sizes.items())[:LARGEST]:
        table.add_row(name, f"{size:.1f}")
    rest = list(sizes.values())[LARGEST:]
    table.add_row(f"{len(rest)} others", f"{sum(rest):.1f}")
    Console().print(table)
    write({"extras": options.extras, "mebibytes": sizes}, options.output)


if __name__ == "__main__":
    main()
