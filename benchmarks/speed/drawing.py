"""Plain pictures that people who see colours otherwise can read, too."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's, "Color Universal Design", 2008."""
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", "-", "--")


def new_axes(title: str, *, size: tuple[float, float] = (6.4, 4.0)) -> tuple[Figure, Axes]:
    """A picture of one part."""
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def style(number: int) -> dict[str, Any]:
    """How the line of that number looks: colour, marker and dashes all tell it from others."""
    at = number % len(COLOURS)
    return {"color": COLOURS[at], "marker": MARKERS[at], "linestyle": LINES[at]}


def logarithmic(axes: Axes, ys: Sequence[float]) -> None:
    """Both axes, with plain numbers at them, more of them where the curves span little."""
    span = max(ys) / min(ys)
    marked = (1, 1.5, 2, 3, 4, 6, 8) if span < 10 else (1, 2, 5) if span < 1000 else (1,)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_locator(LogLocator(subs=marked))
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def bars(axes: Axes, names: Sequence[str], spreads: Sequence[dict[str, float]]) -> None:
    """A bar for each name from the top down, with its least and most, and the figure beside it."""
    middle = [one["median"] for one in spreads]
    sides = [
        [one["median"] - one["min"] for one in spreads],
        [one["max"] - one["median"] for one in spreads],
    ]
    places = range(len(names))
    axes.barh(places, middle, xerr=sides, color=COLOURS[0], ecolor="0.35", capsize=3)
    for place, one in zip(places, spreads, strict=True):
        digits = 0 if one["median"] >= 100 else 1
        text = f" {one['median']:,.{digits}f}"
        axes.annotate(text, (one["max"], place), va="center", fontsize="small")
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)


def save(figure: Figure, file: Path) -> None:
    """Write it, always the same bytes for the same figures."""
    with mpl.rc_context({"svg.hashsalt": "sayso"}):
        dateless = {"Date": None} if file.suffix == ".svg" else {}
        figure.savefig(file, dpi=130, metadata=dateless)
