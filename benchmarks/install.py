"""Size of an installation: `python -m benchmarks.install [--extras NAME ...] [--output FILE]`.

Installs Sayso with the versions of `constraints.txt` into a temporary virtual environment, scores a
sentence, and prints the size of each package on disk, with compiled files and without pip. Needs a
package index.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.command import new_parser, write
from benchmarks.table import ResultTable

ROOT = Path(__file__).parents[1]
LARGEST = 15  # packages with a row of their own
MEBIBYTE = 1 << 20
SIZES = """
import json
from importlib.metadata import distributions
sizes = {}
for package in distributions():
    files = [package.locate_file(file) for file in package.files or ()]
    sizes[package.name] = sum(file.stat().st_size for file in files if file.is_file())
print(json.dumps(sizes))
"""


def install(folder: Path, extras: list[str]) -> Path:
    """Create the environment and install Sayso; the path of its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    requirement = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    constraints = str(ROOT / "constraints.txt")
    command = [str(python), "-m", "pip", "install", "--quiet", "--constraint", constraints]
    command.append(requirement)
    subprocess.run(command, check=True, stdout=sys.stderr)
    return python


def measure(extras: list[str]) -> dict[str, float]:
    """Mebibytes of each package, the largest first, after a sentence was scored."""
    with TemporaryDirectory(prefix="sayso-install-") as folder:
        python = install(Path(folder), extras)
        score = [str(python), "-m", "sayso", "score", "-"]
        text = "Officials said the dam could fail.\n"
        subprocess.run(
            score, input=text, text=True, check=True, cwd=folder, stdout=subprocess.DEVNULL
        )
        listing = subprocess.run(
            [python, "-c", SIZES], check=True, capture_output=True, text=True, cwd=folder
        )
    sizes: dict[str, int] = json.loads(listing.stdout)
    packages = {name: size for name, size in sizes.items() if name not in ("pip", "setuptools")}
    largest_first = sorted(packages.items(), key=lambda item: -item[1])
    return {name: size / MEBIBYTE for name, size in largest_first}


def table(sizes: dict[str, float]) -> ResultTable:
    """A row for each of the largest packages, and one for the rest."""
    rows = [(name, f"{size:.1f}") for name, size in list(sizes.items())[:LARGEST]]
    rest = list(sizes.values())[LARGEST:]
    rows.append((f"{len(rest)} others", f"{sum(rest):.1f}"))
    title = f"{len(sizes)} packages, {sum(sizes.values()):.0f} MiB"
    return ResultTable(title, ("package", "MiB"), rows)


def main() -> None:
    """Run the measurement from the command line."""
    parser = new_parser("Measure the size of an installation.")
    extras = "extras to install (none)"
    parser.add_argument("--extras", nargs="+", default=[], metavar="NAME", help=extras)
    options = parser.parse_args()

    sizes = measure(options.extras)
    table(sizes).show()
    write({"extras": options.extras, "mebibytes": sizes}, options.output)


if __name__ == "__main__":
    main()
