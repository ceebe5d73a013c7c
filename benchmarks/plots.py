"""Plots that are legible with any colour vision."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.timing import Spread

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's, "Color Universal Design", 2008."""
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", "-", "--")


def new_axes(title: str, *, size: tuple[float, float] = (6.4, 4.0)) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def style(number: int) -> dict[str, Any]:
    """Colour, marker and dashes of a line: each alone distinguishes it from the others."""
    at = number % len(COLOURS)
    return {"color": COLOURS[at], "marker": MARKERS[at], "linestyle": LINES[at]}


def logarithmic(axes: Axes, ys: Sequence[float]) -> None:
    """Make both axes logarithmic, with plain numbers as ticks, and more ticks for a small range."""
    span = max(ys) / min(ys)
    ticks = (1, 1.5, 2, 3, 4, 6, 8) if span < 10 else (1, 2, 5) if span < 1000 else (1,)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_locator(LogLocator(subs=ticks))
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def bars(axes: Axes, names: Sequence[str], spreads: Sequence[Spread]) -> None:
    """A bar for each name, top down, with an error bar from minimum to maximum and the median."""
    medians = [spread["median"] for spread in spreads]
    errors = [
        [spread["median"] - spread["min"] for spread in spreads],
        [spread["max"] - spread["median"] for spread in spreads],
    ]
    rows = range(len(names))
    axes.barh(rows, medians, xerr=errors, color=COLOURS[0], ecolor="0.35", capsize=3)
    for row, spread in zip(rows, spreads, strict=True):
        digits = 0 if spread["median"] >= 100 else 1
        text = f" {spread['median']:,.{digits}f}"
        axes.annotate(text, (spread["max"], row), va="center", fontsize="small")
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)


def save(figure: Figure, file: Path) -> None:
    """Write a figure; the same data give the same bytes."""
    with mpl.rc_context({"svg.hashsalt": "sayso"}):
        dateless = {"Date": None} if file.suffix == ".svg" else {}
        figure.savefig(file, dpi=130, metadata=dateless)
