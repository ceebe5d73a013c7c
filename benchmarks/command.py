"""Options and output that the command lines of the benchmarks share."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.machine import machine_line
from benchmarks.news import ARTICLES, News
from benchmarks.table import ResultTable

Tables = Callable[[dict[str, Any]], list[ResultTable]]
Draw = Callable[[dict[str, Any], Path], None]


def new_parser(description: str) -> argparse.ArgumentParser:
    """A parser with `--output`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


def add_data(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add `--data`."""
    text = f"folder that holds {ARTICLES}: a JSON object with a `text` per line"
    parser.add_argument("--data", type=Path, metavar="DIR", required=required, help=text)


def plotting_parser(description: str) -> argparse.ArgumentParser:
    """A parser with `--data`, `--output` and `--plot`."""
    parser = new_parser(description)
    add_data(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the figures (.svg or .png)")
    return parser


def articles_file(parser: argparse.ArgumentParser, folder: Path) -> Path:
    """The file of articles in a folder; exits with a message if it is missing."""
    file = folder / ARTICLES
    if not file.is_file():
        parser.error(f"{file} is missing; --data names the folder that holds it")
    return file


def open_news(parser: argparse.ArgumentParser, folder: Path) -> News:
    """The articles of a folder; exits with a message if there are none."""
    return News(articles_file(parser, folder))


def publish(
    figures: dict[str, Any], options: argparse.Namespace, tables: Tables, draw: Draw
) -> None:
    """Print the machine and the tables; write JSON and the picture if asked for."""
    Console().print(machine_line(figures["machine"]), highlight=False, soft_wrap=True)
    for table in tables(figures):
        table.show()
    write(figures, options.output)
    if options.plot:
        draw(figures, options.plot)


def write(figures: dict[str, Any], file: Path | None) -> None:
    """Write the figures as JSON if a file is given."""
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
