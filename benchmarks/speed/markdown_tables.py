"""Figures as Markdown: `python -m benchmarks.speed.markdown_tables FILE.json ... [--into FILE.md]`.

Prints the tables of JSON files; or, with `--into`, writes each into the section of a document that
has its name, so that no figure is typed by hand:

    <!-- table growth-sentence -->
    <!-- end -->
"""

import argparse
import json
import re
from importlib import import_module
from pathlib import Path

from benchmarks.machine import machine_line
from benchmarks.table import ResultTable

BENCHMARKS = ("engines", "latency", "growth", "memory")
MODULES = {f"speed.{name}" for name in BENCHMARKS} | {"service.overhead"}
SECTION = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def read(file: Path) -> tuple[str, list[ResultTable]]:
    """The machine and the tables of a file of figures.

    Raises:
        ValueError: if the file is not from a benchmark with tables.
    """
    figures = json.loads(file.read_text(encoding="utf-8"))
    name = figures.get("benchmark")
    if name not in MODULES:
        raise ValueError(f"{file} is not from {', '.join(sorted(MODULES))}")
    return machine_line(figures["machine"]), import_module(f"benchmarks.{name}").tables(figures)


def fill(document: str, texts: dict[str, str]) -> str:
    """The document with these sections replaced; others stay as they are."""

    def replace(found: re.Match[str]) -> str:
        before, name, after = found.groups()
        return f"{before}{texts[name]}\n{after}" if name in texts else found[0]

    return SECTION.sub(replace, document)


def main() -> None:
    """Print tables or write them into a document, from the command line."""
    parser = argparse.ArgumentParser(description="Turn figures into Markdown tables.")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="JSON of a benchmark")
    parser.add_argument("--into", type=Path, metavar="FILE", help="document to write into")
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
