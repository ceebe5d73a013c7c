"""Curves of cost: how steep they are, where they bend, and how they look.

On axes that are both logarithmic, a cost that grows as the k-th power is a straight line of slope
k: 0 does not grow, 1 doubles with each doubling, 2 is quadratic. Bends are looked for by fitting
lines that meet at one or two of the points.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.drawing import logarithmic, new_axes, save, style
from benchmarks.speed.rounds import Figures, spread
from benchmarks.speed.tabular import Table, cell

BEND = 0.15
"""Slopes that differ by less are one slope."""
MOST_BENDS = 2
BETTER = 4
"""How many times smaller the squared error has to get for one bend more."""
Curve = dict[str, Any]


def new_curve(
    title: str, x: str, y: str, found: dict[float, list[Figures]], digits: int = 1
) -> Curve:
    """A curve for each figure but `x`, over the mean `x` of each step's rounds."""
    series: dict[str, Any] = {}
    steps = list(found.values())
    for name in (key for key in steps[0][0] if key != "x"):
        points = [
            {"x": float(np.mean([one["x"] for one in rounds]))}
            | spread([one[name] for one in rounds])
            for rounds in steps
        ]
        xs, ys = [one["x"] for one in points], [one["median"] for one in points]
        series[name] = {"points": points, "slopes": slopes(xs, ys), **fit(xs, ys)}
    return {"title": title, "x": x, "y": y, "digits": digits, "series": series}


def slopes(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """The slope from each point to the next."""
    return [float(one) for one in np.diff(np.log(ys)) / np.diff(np.log(xs))]


def fit(xs: Sequence[float], ys: Sequence[float]) -> dict[str, Any]:
    """`slope` of one line through all, None for a single point; `bends`, where lines that fit
    clearly better meet; and `lines`, the slope before, between and after those.
    """
    x, y = np.log(xs), np.log(ys)
    if len(x) < 2:
        return {"slope": None, "bends": [], "lines": []}
    error, lines, bends = _lines(x, y, ())
    slope = lines[0]
    for count in range(1, 1 + min(MOST_BENDS, (len(x) - 1) // 2)):
        tried = [_lines(x, y, places) for places in combinations(range(1, len(x) - 1), count)]
        best = min(tried, key=lambda one: one[0])
        if best[0] <= error / BETTER and np.abs(np.diff(best[1])).min() >= BEND:
            error, lines, bends = best
    return {"slope": slope, "bends": [xs[at] for at in bends], "lines": lines}


def _lines(
    x: NDArray[Any], y: NDArray[Any], bends: tuple[int, ...]
) -> tuple[float, list[float], tuple[int, ...]]:
    """The squared error of lines that meet at some points, their slopes, and the points."""
    hinges = [np.maximum(0, x - x[at]) for at in bends]
    terms = np.stack([np.ones_like(x), x, *hinges], axis=1)
    weights = np.linalg.lstsq(terms, y, rcond=None)[0]
    error = float(((terms @ weights - y) ** 2).sum())
    return error, [float(one) for one in np.cumsum(weights[1:])], bends


def tables(name: str, curve: Curve) -> list[Table]:
    """The points with the slope up to each, and how each curve grows."""
    series = curve["series"]
    head, columns = [curve["x"]], [[_number(one["x"]) for one in _first(curve)["points"]]]
    for title, one in series.items():
        head += [f"{title}, {curve['y']}", "slope"]
        columns.append([cell(point, curve["digits"]) for point in one["points"]])
        columns.append(["", *(f"{slope:.2f}" for slope in one["slopes"])])
    growth = [(title, *_grows(one)) for title, one in series.items()]
    words = ("curve", "slope of all", f"bends at {curve['x']}", "slopes before and after")
    points = list(zip(*columns, strict=True))
    return [
        Table(f"growth-{name}", curve["title"], head, points),
        Table(f"growth-{name}-slopes", f"{curve['title']}: slopes", words, growth),
    ]


def draw(curve: Curve, file: Path) -> None:
    """All curves on logarithmic axes, with bends as dotted lines of the same colour."""
    figure, axes = new_axes(curve["title"])
    series = curve["series"]
    for number, (title, one) in enumerate(series.items()):
        xs, ys, least, most = (
            [point[key] for point in one["points"]] for key in ("x", "median", "min", "max")
        )
        looks = style(number)
        axes.plot(xs, ys, label=f"{title} ({_slopes_in_short(one)})", **looks)
        axes.fill_between(xs, least, most, color=looks["color"], alpha=0.2, linewidth=0)
        for bend in one["bends"]:
            axes.axvline(bend, color=looks["color"], linestyle=":", alpha=0.6)
    logarithmic(axes, [one["median"] for each in series.values() for one in each["points"]])
    axes.set(xlabel=curve["x"], ylabel=curve["y"])
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", title="slopes in brackets", title_fontsize="small")
    save(figure, file)


def _first(curve: Curve) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(curve["series"].values()))
    return first


def _grows(one: dict[str, Any]) -> list[str]:
    whole = "" if one["slope"] is None else f"{one['slope']:.2f}"
    bends = ", ".join(map(_number, one["bends"])) or "none"
    return [whole, bends, _slopes_in_short(one) if one["bends"] else ""]


def _slopes_in_short(one: dict[str, Any]) -> str:
    return ", ".join(f"{slope:.2f}" for slope in one["lines"]) or "unknown"


def _number(value: float) -> str:
    return f"{value:,.0f}"
