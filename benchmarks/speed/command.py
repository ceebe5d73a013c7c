"""What the command lines of all benchmarks have in common."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.speed.machine import machine_line
from benchmarks.speed.news import ARTICLES, News
from benchmarks.speed.tabular import Table


def new_parser(description: str) -> argparse.ArgumentParser:
    """A parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, metavar="DIR", required=True, help=ARTICLES)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them, as .svg or .png")
    return parser


def open_news(parser: argparse.ArgumentParser, folder: Path) -> News:
    """The articles of a folder; ends with a message where there are none."""
    file = folder / ARTICLES
    if not file.is_file():
        parser.error(f"{file} is missing; --data names the folder that holds it")
    return News(file)


def show(figures: dict[str, Any], tables: list[Table]) -> None:
    """Print the machine and the tables."""
    Console().print(machine_line(figures["machine"]), highlight=False, soft_wrap=True)
    for table in tables:
        table.show()


def write(figures: dict[str, Any], file: Path | None) -> None:
    """Keep the figures, if they are wanted."""
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
