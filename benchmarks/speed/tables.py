"""Markdown tables of JSON: `python -m benchmarks.speed.tables FILE.json ... [--into FILE.md]`.

Prints them; or, with `--into`, puts each between the comments of a document that name it, so that
no figure is typed by hand:

    <!-- table growth-sentence -->
    <!-- end -->
"""

import argparse
import json
import re
from importlib import import_module
from pathlib import Path

from benchmarks.speed.machine import machine_line
from benchmarks.speed.tabular import Table

BENCHMARKS = ("engines", "latency", "growth", "memory")
MODULES = {f"speed.{name}" for name in BENCHMARKS} | {"service.overhead"}
PLACE = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def read(file: Path) -> tuple[str, list[Table]]:
    """The machine of a file of figures, and their tables.

    Raises:
        ValueError: no benchmark that has tables wrote the file.
    """
    figures = json.loads(file.read_text(encoding="utf-8"))
    name = figures.get("benchmark")
    if name not in MODULES:
        raise ValueError(f"{file} is not from {', '.join(sorted(MODULES))}")
    return machine_line(figures["machine"]), import_module(f"benchmarks.{name}").tables(figures)


def fill(document: str, texts: dict[str, str]) -> str:
    """The document with what there is between its comments; other places stay as they are."""

    def put(found: re.Match[str]) -> str:
        before, name, after = found.groups()
        return f"{before}{texts[name]}\n{after}" if name in texts else found[0]

    return PLACE.sub(put, document)


def main() -> None:
    """Print or fill in tables from the command line."""
    parser = argparse.ArgumentParser(description="Make Markdown tables of figures.")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="JSON of benchmarks")
    parser.add_argument("--into", type=Path, metavar="FILE", help="a document to fill in")
    options = parser.parse_args()
    texts: dict[str, str] = {}
    for file in options.files:
        try:
            machine, tables = read(file)
        except (OSError, ValueError) as error:
            parser.error(str(error))
        texts[f"machine-{file.stem}"] = machine
        texts |= {table.name: table.markdown() for table in tables}
        if not options.into:
            print(machine)
            for table in tables:
                print(f"\n{table.title}\n\n{table.markdown()}")
    if options.into:
        document = options.into.read_text(encoding="utf-8")
        options.into.write_text(fill(document, texts), encoding="utf-8")


if __name__ == "__main__":
    main()
