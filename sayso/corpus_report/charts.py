"""Charts as SVG: densities of labels by group, over time and by position, with their margins.

They are drawn by hand because no library gives all that these pages need: no script and no network,
95 % intervals, classes that take the page's colours in the dark and on paper, and two widths. Each
chart is drawn twice; the page shows the one that fits, and on a phone a panel has the whole width.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from math import ceil, floor, log10

from markupsafe import Markup, escape

from sayso.console.messages import printable
from sayso.corpus_report.density import DensityEstimate
from sayso.labels import LABEL_INFO

_WIDTH = 720
_PHONE_WIDTH = 330
_MAX_NAME = 22
"""Characters of a group's name that fit beside its row."""

Labels = Sequence[str]


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


def by_group(groups: Mapping[str, DensityEstimate], labels: Labels) -> Markup:
    """A row for each group, and a dot with its margin for each label."""
    return _both(partial(_by_group, groups), labels, [[label] for label in labels])


def over_time(periods: Mapping[date, DensityEstimate], labels: Labels, unit: str) -> Markup:
    """A panel for each label, with a line through the periods and a band for its margin."""
    return _both(partial(_over_time, periods, unit), labels, [labels])


def by_position(positions: Sequence[DensityEstimate], labels: Labels) -> Markup:
    """A panel for each label, with a bar for each tenth of the article."""
    return _both(partial(_by_position, positions), labels, [[label] for label in labels])


def _both(draw: Callable[[Labels, float], str], labels: Labels, on_phone: list[Labels]) -> Markup:
    """The wide chart, and the ones that replace it on a phone."""
    stacked = "".join(draw(some_labels, _PHONE_WIDTH) for some_labels in on_phone)
    wide = draw(labels, _WIDTH)
    return Markup(  # `_Drawing` escapes all text
        f'<div class="across">{wide}</div>\n<div class="stacked">{stacked}</div>\n'
    )


def _by_group(groups: Mapping[str, DensityEstimate], labels: Labels, width: float) -> str:
    left, gap, row, top = 160, 34, 24, 46
    panel_width = (width - left - gap * (len(labels) - 1) - 10) / len(labels)
    height = top + row * len(groups) + 8
    drawing = _Drawing()
    rows = [top + row * number for number in range(len(groups))]
    for y, name in zip(rows, groups, strict=True):
        shown = name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
        drawing.text(left - 10, y + 16, shown, "end", strong=True)
    lefts = [left + number * (panel_width + gap) for number in range(len(labels))]
    panels = [(x, top, panel_width, height - top) for x in lefts]
    for label, scale in drawing.panels(groups.values(), labels, panels, across=True):
        for y, estimate in zip(rows, groups.values(), strict=True):
            low, high = map(scale, estimate.interval(label))
            drawing.line(f"whisker {label}", low, y + 12, high, y + 12)
            drawing.dot(label, scale(estimate.density(label)), y + 12)
    return drawing.svg(width, height, f"{_describe(labels)} by group, with 95 % margins")


def _over_time(
    periods: Mapping[date, DensityEstimate], unit: str, labels: Labels, width: float
) -> str:
    left, right, panel_height, gap, top = 44, 16, 96, 52, 22
    height = top + len(labels) * (panel_height + gap)
    days = list(periods)
    span = max(1, (days[-1] - days[0]).days)
    across = [left + (width - left - right) * (day - days[0]).days / span for day in days]
    tops = [top + number * (panel_height + gap) for number in range(len(labels))]
    panels = [(left, y, width - left - right, panel_height) for y in tops]
    drawing = _Drawing()
    for label, scale in drawing.panels(periods.values(), labels, panels):
        bounds = [estimate.interval(label) for estimate in periods.values()]
        lower = [(x, scale(low)) for x, (low, _) in zip(across, bounds, strict=True)]
        upper = [(x, scale(high)) for x, (_, high) in zip(across, bounds, strict=True)]
        densities = [estimate.density(label) for estimate in periods.values()]
        middle = list(zip(across, map(scale, densities), strict=True))
        drawing.path("polygon", f"band {label}", upper + lower[::-1])
        drawing.path("polyline", f"line {label}", middle)
        for x, y in middle:
            drawing.dot(label, x, y, radius=2.5)
        for tick in _pick_ticks(len(days), 5 if width == _WIDTH else 3):
            anchor = "start" if tick == 0 else "end" if tick == len(days) - 1 else "middle"
            drawing.text(across[tick], scale(0) + 16, _format_period(days[tick], unit), anchor)
    return drawing.svg(width, height, f"{_describe(labels)} by {unit}, with 95 % margins")


def _by_position(positions: Sequence[DensityEstimate], labels: Labels, width: float) -> str:
    left, gap, panel_height, top = 34, 44, 110, 24
    panel_width = (width - gap * (len(labels) - 1)) / len(labels) - left
    bar = panel_width / len(positions)
    lefts = [left + number * (panel_width + left + gap) for number in range(len(labels))]
    drawing = _Drawing()
    panels = [(x, top, panel_width, panel_height) for x in lefts]
    for start, (label, scale) in zip(lefts, drawing.panels(positions, labels, panels), strict=True):
        for number, estimate in enumerate(positions):
            x, y = start + number * bar, scale(estimate.density(label))
            low, high = map(scale, estimate.interval(label))
            drawing.bar(label, x + 1, y, bar - 2, scale(0) - y)
            drawing.line("whisker axis strong", x + bar / 2, low, x + bar / 2, high)
        drawing.text(start, scale(0) + 16, "start", "start")
        drawing.text(start + panel_width, scale(0) + 16, "end of the article", "end")
    name = f"{_describe(labels)} in each tenth of the articles"
    return drawing.svg(width, top + panel_height + 24, name)


class _Drawing:
    """The elements of an SVG image. All text is escaped."""

    def __init__(self) -> None:
        self._elements: list[str] = []

    def panels(
        self,
        estimates: Collection[DensityEstimate],
        labels: Labels,
        boxes: Sequence[tuple[float, float, float, float]],
        *,
        across: bool = False,
    ) -> Iterator[tuple[str, Scale]]:
        """Draw each label's name and ticks in its box (left, top, width, height).

        Give the label and its scale, which goes up, or right where `across`.
        """
        for label, (left, top, width, height) in zip(labels, boxes, strict=True):
            right, bottom = left + width, top + height
            largest = max((estimate.interval(label)[1] for estimate in estimates), default=0.0)
            scale = Scale(largest, left, width) if across else Scale(largest, bottom, -height)
            name_y = 14 if across else top - 9
            self.text(left, name_y, LABEL_INFO[label].name, "start", strong=True)
            for tick in scale.ticks:
                at, value = scale(tick), f"{tick:g}"
                if across:
                    self.line("axis", at, top - 6, at, bottom - 4)
                    self.text(at, top - 12, value, "middle")
                else:
                    self.line("axis", left, at, right, at)
                    self.text(left - 6, at + 4, value, "end")
            yield label, scale

    def text(self, x: float, y: float, words: str, anchor: str, *, strong: bool = False) -> None:
        style = ' class="strong"' if strong else ""
        position = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
        self._elements.append(f"<text {position}{style}>{escape(printable(words))}</text>")

    def line(self, style: str, x1: float, y1: float, x2: float, y2: float) -> None:
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self._elements.append(f'<line class="{style}" {ends}/>')

    def path(self, shape: str, style: str, points: Iterable[tuple[float, float]]) -> None:
        listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._elements.append(f'<{shape} class="{style}" points="{listed}"/>')

    def bar(self, label: str, x: float, y: float, width: float, height: float) -> None:
        box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self._elements.append(f'<rect class="bar {label}" {box}/>')

    def dot(self, label: str, x: float, y: float, radius: float = 4) -> None:
        circle = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" stroke="none"'
        self._elements.append(f'<circle class="{label}" {circle}/>')

    def svg(self, width: float, height: float, name: str) -> str:
        size = f'viewBox="0 0 {width:.0f} {height:.0f}"'
        content = "\n".join(self._elements)
        return (
            f'<svg {size} role="img" aria-label="{escape(printable(name))}">\n{content}\n</svg>\n'
        )


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


def _describe(labels: Labels) -> str:
    names = ", ".join(LABEL_INFO[label].name for label in labels)
    return f"Marks of {names} per 1,000 words"
