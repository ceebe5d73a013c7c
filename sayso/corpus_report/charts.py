"""Charts as SVG: densities of labels by group, over time and by position, with their margins.

They are drawn by hand because no library gives all that these pages need: no script and no network,
95 % intervals, classes that take the page's colours in the dark and on paper, and two widths. Each
chart is drawn twice; the page shows the one that fits, and on a phone a panel has the whole width.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from markupsafe import Markup, escape

from sayso.console.messages import printable
from sayso.corpus_report.density import DensityEstimate
from sayso.labels import LABEL_INFO

_WIDTH = 720
_PHONE_WIDTH = 330
_MAX_NAME = 22
"""Characters of a group's name that fit beside its row."""


class Scale:
    """Values from 0 to a round number above the largest, on `length` pixels from `start` on."""

    def __init__(self, largest: float, start: float, length: float) -> None:
        self.step = _round_step(largest)
        self.end = self.step * max(1, ceil(largest / self.step - 1e-9))
        self._start, self._length = start, length

    def __call__(self, value: float) -> float:
        return self._start + self._length * min(1.0, value / self.end)

    @property
    def ticks(self) -> list[float]:
        """Round values from 0 to the end."""
        return [self.step * number for number in range(round(self.end / self.step) + 1)]


@dataclass(frozen=True, slots=True)
class _Panel:
    """A label's part of a chart, with the scale of its densities; `axes` are its name and ticks."""

    label: str
    left: float
    right: float
    top: float
    bottom: float
    scale: Scale
    axes: Sequence[str]


def by_group(groups: Mapping[str, DensityEstimate], labels: Sequence[str]) -> Markup:
    """A row for each group, and a dot with its margin for each label."""
    stacked = [_by_group(groups, [label], _PHONE_WIDTH) for label in labels]
    return _both(_by_group(groups, labels, _WIDTH), stacked)


def over_time(periods: Mapping[date, DensityEstimate], labels: Sequence[str], unit: str) -> Markup:
    """A panel for each label, with a line through the periods and a band for its margin."""
    wide = _over_time(periods, labels, unit, _WIDTH)
    return _both(wide, [_over_time(periods, labels, unit, _PHONE_WIDTH)])


def by_position(positions: Sequence[DensityEstimate], labels: Sequence[str]) -> Markup:
    """A panel for each label, with a bar for each tenth of the article."""
    stacked = [_by_position(positions, [label], _PHONE_WIDTH) for label in labels]
    return _both(_by_position(positions, labels, _WIDTH), stacked)


def _both(wide: str, stacked: Iterable[str]) -> Markup:
    return Markup(  # all text in the charts is escaped by `_text` and `_svg`
        f'<div class="across">{wide}</div>\n<div class="stacked">{"".join(stacked)}</div>\n'
    )


def _by_group(groups: Mapping[str, DensityEstimate], labels: Sequence[str], width: float) -> str:
    left, gap, row, top = 160, 34, 24, 46
    panel_width = (width - left - gap * (len(labels) - 1) - 10) / len(labels)
    height = top + row * len(groups) + 8
    parts = [
        _text(left - 10, top + row * number + 16, _shortened(name), "end", strong=True)
        for number, name in enumerate(groups)
    ]
    boxes = [
        (start, top, panel_width, height - top)
        for start in (left + number * (panel_width + gap) for number in range(len(labels)))
    ]
    for panel in _panels(groups.values(), labels, boxes, across=True):
        parts += panel.axes
        for number, estimate in enumerate(groups.values()):
            y = top + row * number + 12
            low, high = map(panel.scale, estimate.interval(panel.label))
            parts.append(_whisker(panel.label, low, y, high, y))
            parts.append(_dot(panel.label, panel.scale(estimate.density(panel.label)), y))
    return _svg(width, height, parts, f"{_describe(labels)} by group, with 95 % margins")


def _over_time(
    periods: Mapping[date, DensityEstimate], labels: Sequence[str], unit: str, width: float
) -> str:
    left, right, panel_height, gap, top = 44, 16, 96, 52, 22
    height = top + len(labels) * (panel_height + gap)
    days = list(periods)
    span = max(1, (days[-1] - days[0]).days)
    across = [left + (width - left - right) * (day - days[0]).days / span for day in days]
    ticks = _pick_ticks(len(days), 5 if width == _WIDTH else 3)
    boxes = [
        (left, top + number * (panel_height + gap), width - left - right, panel_height)
        for number in range(len(labels))
    ]
    parts: list[str] = []
    for panel in _panels(periods.values(), labels, boxes):
        lows, highs = zip(
            *(map(panel.scale, rate.interval(panel.label)) for rate in periods.values()),
            strict=True,
        )
        densities = [panel.scale(rate.density(panel.label)) for rate in periods.values()]
        outline = [*zip(across, highs, strict=True), *reversed([*zip(across, lows, strict=True)])]
        line = list(zip(across, densities, strict=True))
        parts += panel.axes
        parts.append(f'<polygon class="band {panel.label}" points="{_points(outline)}"/>')
        parts.append(f'<polyline class="line {panel.label}" points="{_points(line)}"/>')
        parts += [_dot(panel.label, x, y, radius=2.5) for x, y in line]
        for tick in ticks:
            anchor = "start" if tick == 0 else "end" if tick == len(days) - 1 else "middle"
            period = _format_period(days[tick], unit)
            parts.append(_text(across[tick], panel.bottom + 16, period, anchor))
    return _svg(width, height, parts, f"{_describe(labels)} by {unit}, with 95 % margins")


def _by_position(positions: Sequence[DensityEstimate], labels: Sequence[str], width: float) -> str:
    left, gap, panel_height, top = 34, 44, 110, 24
    panel_width = (width - gap * (len(labels) - 1)) / len(labels) - left
    boxes = [
        (left + number * (panel_width + left + gap), top, panel_width, panel_height)
        for number in range(len(labels))
    ]
    bar = panel_width / len(positions)
    parts: list[str] = []
    for panel in _panels(positions, labels, boxes):
        parts += panel.axes
        for number, estimate in enumerate(positions):
            x, y = panel.left + number * bar, panel.scale(estimate.density(panel.label))
            low, high = map(panel.scale, estimate.interval(panel.label))
            parts.append(
                f'<rect class="bar {panel.label}" x="{x + 1:.1f}" y="{y:.1f}" '
                f'width="{bar - 2:.1f}" height="{panel.bottom - y:.1f}"/>'
            )
            middle = x + bar / 2
            parts.append(_whisker("axis strong", middle, low, middle, high))
        parts.append(_text(panel.left, panel.bottom + 16, "start", "start"))
        parts.append(_text(panel.right, panel.bottom + 16, "end of the article", "end"))
    name = f"{_describe(labels)} in each tenth of the articles"
    return _svg(width, top + panel_height + 24, parts, name)


def _panels(
    estimates: Collection[DensityEstimate],
    labels: Sequence[str],
    boxes: Sequence[tuple[float, float, float, float]],
    *,
    across: bool = False,
) -> Iterator[_Panel]:
    """A panel for each label in its box (left, top, width, height).

    Densities grow upwards, or to the right where `across`.
    """
    for label, (left, top, width, height) in zip(labels, boxes, strict=True):
        right, bottom = left + width, top + height
        largest = max((estimate.interval(label)[1] for estimate in estimates), default=0.0)
        scale = Scale(largest, left, width) if across else Scale(largest, bottom, -height)
        name_y = 14 if across else top - 9
        axes = [_text(left, name_y, LABEL_INFO[label].name, "start", strong=True)]
        for tick in scale.ticks:
            at, number = scale(tick), f"{tick:g}"
            if across:
                axes += [_axis(at, top - 6, at, bottom - 4), _text(at, top - 12, number, "middle")]
            else:
                axes += [_axis(left, at, right, at), _text(left - 6, at + 4, number, "end")]
        yield _Panel(label, left, right, top, bottom, scale, axes)


def _round_step(largest: float) -> float:
    """A round step of which two to five reach the largest value."""
    if largest < 1e-9:  # too small to be seen
        return 1.0
    power = 10.0 ** floor(log10(largest))
    return next(step * power for step in (0.2, 0.5, 1, 2, 5) if largest / (step * power) <= 5)


def _pick_ticks(count: int, at_most: int) -> list[int]:
    """Indices of the labelled ones among `count` ticks: the first, the last and some between."""
    shown = min(at_most, count)
    return sorted({round(number * (count - 1) / max(1, shown - 1)) for number in range(shown)})


def _format_period(day: date, unit: str) -> str:
    return {"year": f"{day:%Y}", "month": f"{day:%b %Y}"}.get(unit, f"{day.day} {day:%b %Y}")


def _shortened(name: str) -> str:
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def _describe(labels: Sequence[str]) -> str:
    names = ", ".join(LABEL_INFO[label].name for label in labels)
    return f"Marks of {names} per 1,000 words"


def _svg(width: float, height: float, parts: Sequence[str], name: str) -> str:
    content = "\n".join(parts)
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{_escaped(name)}">\n{content}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, anchor: str, *, strong: bool = False) -> str:
    style = ' class="strong"' if strong else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{_escaped(words)}</text>'


def _escaped(words: str) -> str:
    return str(escape(printable(words)))


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _axis(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="axis" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _whisker(style: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line class="whisker {style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
    )


def _dot(label: str, x: float, y: float, radius: float = 4) -> str:
    return f'<circle class="{label}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" stroke="none"/>'
