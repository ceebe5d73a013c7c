"""Curves of cost: how steep they are, where they bend, and how they look.

On axes that are both logarithmic, a cost that grows as the k-th power is a straight line of slope
k: 0 does not grow, 1 doubles with each doubling, 2 is quadratic. A bend is looked for by fitting
two lines that meet at one of the points.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.drawing import logarithmic, new_axes, save, style
from benchmarks.speed.rounds import Figures, spread
from benchmarks.speed.tabular import Table, cell

BEND = 0.15
"""Slopes that differ by less are one slope."""
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


def fit(xs: Sequence[float], ys: Sequence[float]) -> dict[str, float | None]:
    """`slope` of one line through all; and `before`, `bend` and `after` of the two lines that fit
    best, which are None where one line does about as well or there are too few points to tell.
    """
    x, y = np.log(xs), np.log(ys)
    straight: dict[str, float | None] = dict.fromkeys(("slope", "before", "bend", "after"))
    if len(x) < 2:
        return straight
    slope, start = np.polyfit(x, y, 1)
    straight["slope"], of_one = float(slope), float(((slope * x + start - y) ** 2).sum())
    best = None
    for at in range(1, len(x) - 1):
        terms = np.stack([np.ones_like(x), x, np.maximum(0, x - x[at])], axis=1)
        weights = np.linalg.lstsq(terms, y, rcond=None)[0]
        error = float(((terms @ weights - y) ** 2).sum())
        if best is None or error < best[0]:
            best = error, xs[at], float(weights[1]), float(weights[1] + weights[2])
    if best is None or best[0] > of_one / 2 or abs(best[3] - best[2]) < BEND:
        return straight
    return straight | {"before": best[2], "bend": best[1], "after": best[3]}


def tables(name: str, curve: Curve) -> list[Table]:
    """The points with the slope up to each, and how each curve grows."""
    series = curve["series"]
    head, columns = [curve["x"]], [[_number(one["x"]) for one in _first(curve)["points"]]]
    for title, one in series.items():
        head += [f"{title}, {curve['y']}", "slope"]
        columns.append([cell(point, curve["digits"]) for point in one["points"]])
        columns.append(["", *(f"{slope:.2f}" for slope in one["slopes"])])
    growth = [(title, *_grows(one)) for title, one in series.items()]
    words = ("curve", "slope of all", "before the bend", f"bend at {curve['x']}", "after it")
    points = list(zip(*columns, strict=True))
    return [
        Table(f"growth-{name}", curve["title"], head, points),
        Table(f"growth-{name}-slopes", f"{curve['title']}: slopes", words, growth),
    ]


def draw(curve: Curve, file: Path) -> None:
    """All curves on logarithmic axes, with bends as vertical lines of the same colour."""
    figure, axes = new_axes(curve["title"])
    series = curve["series"]
    for number, (title, one) in enumerate(series.items()):
        xs, ys, least, most = (
            [point[key] for point in one["points"]] for key in ("x", "median", "min", "max")
        )
        looks = style(number)
        axes.plot(xs, ys, label=f"{title} (slope {_slopes_in_short(one)})", **looks)
        axes.fill_between(xs, least, most, color=looks["color"], alpha=0.2, linewidth=0)
        if one["bend"]:
            axes.axvline(one["bend"], color=looks["color"], linestyle=":", alpha=0.6)
    logarithmic(axes, [one["median"] for each in series.values() for one in each["points"]])
    axes.set(xlabel=curve["x"], ylabel=curve["y"])
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    save(figure, file)


def _first(curve: Curve) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(curve["series"].values()))
    return first


def _grows(one: dict[str, Any]) -> list[str]:
    told = [one["slope"], one["before"], one["bend"], one["after"]]
    cells = ["" if value is None else f"{value:.2f}" for value in told]
    cells[2] = "none" if one["bend"] is None else _number(one["bend"])
    return cells


def _slopes_in_short(one: dict[str, Any]) -> str:
    if one["bend"] is None:
        return "-" if one["slope"] is None else f"{one['slope']:.2f}"
    return f"{one['before']:.2f}, then {one['after']:.2f}"


def _number(value: float) -> str:
    return f"{value:,.0f}"
