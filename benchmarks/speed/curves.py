"""Cost curves: their slopes and bends, as tables and plots.

If both axes are logarithmic, a cost that grows as the k-th power is a straight line of slope k: 0
is constant, 1 linear, 2 quadratic. Bends are found by fitting lines that meet at one or two of the
points.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.plots import logarithmic, new_axes, save, style
from benchmarks.table import ResultTable, format_spread
from benchmarks.timing import Figures, spread

BEND = 0.15
"""Slopes that differ by less count as equal."""
MAX_BENDS = 2
MIN_IMPROVEMENT = 4
"""Another bend has to divide the squared error by at least this."""
Curve = dict[str, Any]


def new_curve(
    title: str, x: str, y: str, found: dict[float, list[Figures]], digits: int = 1
) -> Curve:
    """A curve for each figure except `x`, against the mean `x` of the rounds of each step."""
    series: dict[str, Any] = {}
    steps = list(found.values())
    for name in (key for key in steps[0][0] if key != "x"):
        points = [
            {"x": float(np.mean([figures["x"] for figures in rounds]))}
            | spread([figures[name] for figures in rounds])
            for rounds in steps
        ]
        xs, ys = [point["x"] for point in points], [point["median"] for point in points]
        series[name] = {"points": points, "slopes": slopes(xs, ys), **fit(xs, ys)}
    return {"title": title, "x": x, "y": y, "digits": digits, "series": series}


def slopes(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """The slope from each point to the next."""
    return [float(slope) for slope in np.diff(np.log(ys)) / np.diff(np.log(xs))]


def fit(xs: Sequence[float], ys: Sequence[float]) -> dict[str, Any]:
    """The `slope` of one line through all points (None for a single point), the `bends` where lines
    that fit clearly better meet, and the slopes of these `lines`.
    """
    x, y = np.log(xs), np.log(ys)
    if len(x) < 2:
        return {"slope": None, "bends": [], "lines": []}
    error, lines, bends = _lines(x, y, ())
    slope = lines[0]
    for count in range(1, 1 + min(MAX_BENDS, (len(x) - 1) // 2)):
        fits = [_lines(x, y, at) for at in combinations(range(1, len(x) - 1), count)]
        best = min(fits, key=lambda fit: fit[0])
        if best[0] <= error / MIN_IMPROVEMENT and np.abs(np.diff(best[1])).min() >= BEND:
            error, lines, bends = best
    return {"slope": slope, "bends": [xs[at] for at in bends], "lines": lines}


def _lines(
    x: NDArray[Any], y: NDArray[Any], bends: tuple[int, ...]
) -> tuple[float, list[float], tuple[int, ...]]:
    """The squared error of lines that meet at these points, their slopes, and the points."""
    hinges = [np.maximum(0, x - x[at]) for at in bends]
    terms = np.stack([np.ones_like(x), x, *hinges], axis=1)
    weights = np.linalg.lstsq(terms, y, rcond=None)[0]
    error = float(((terms @ weights - y) ** 2).sum())
    return error, [float(slope) for slope in np.cumsum(weights[1:])], bends


def tables(name: str, curve: Curve) -> list[ResultTable]:
    """The points with the slope up to each, and the slopes and bends of each curve."""
    series = curve["series"]
    head, columns = [curve["x"]], [[_number(point["x"]) for point in _first(curve)["points"]]]
    for title, one in series.items():
        head += [f"{title}, {curve['y']}", "slope"]
        columns.append([format_spread(point, curve["digits"]) for point in one["points"]])
        columns.append(["", *(f"{slope:.2f}" for slope in one["slopes"])])
    growth = [(title, *_growth(one)) for title, one in series.items()]
    words = ("curve", "slope of all", f"bends at {curve['x']}", "slopes before and after")
    points = list(zip(*columns, strict=True))
    return [
        ResultTable(curve["title"], head, points, f"growth-{name}"),
        ResultTable(f"{curve['title']}: slopes", words, growth, f"growth-{name}-slopes"),
    ]


def draw(curve: Curve, file: Path) -> None:
    """All curves on logarithmic axes, with bends as dotted lines of the same colour."""
    figure, axes = new_axes(curve["title"])
    series = curve["series"]
    for number, (title, one) in enumerate(series.items()):
        xs, ys, lows, highs = (
            [point[key] for point in one["points"]] for key in ("x", "median", "min", "max")
        )
        line = style(number)
        axes.plot(xs, ys, label=f"{title} ({_line_slopes(one)})", **line)
        axes.fill_between(xs, lows, highs, color=line["color"], alpha=0.2, linewidth=0)
        for bend in one["bends"]:
            axes.axvline(bend, color=line["color"], linestyle=":", alpha=0.6)
    logarithmic(axes, [point["median"] for one in series.values() for point in one["points"]])
    axes.set(xlabel=curve["x"], ylabel=curve["y"])
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", title="slopes in brackets", title_fontsize="small")
    save(figure, file)


def _first(curve: Curve) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(curve["series"].values()))
    return first


def _growth(series: dict[str, Any]) -> list[str]:
    overall = "" if series["slope"] is None else f"{series['slope']:.2f}"
    bends = ", ".join(map(_number, series["bends"])) or "none"
    return [overall, bends, _line_slopes(series) if series["bends"] else ""]


def _line_slopes(series: dict[str, Any]) -> str:
    return ", ".join(f"{slope:.2f}" for slope in series["lines"]) or "unknown"


def _number(value: float) -> str:
    return f"{value:,.0f}"
