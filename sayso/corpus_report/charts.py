"""Plots as SVG: densities of labels by group, over time and by position, with their margins.

Each is drawn twice, once for a phone: there a panel has the whole width, and the page shows the one
that fits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import ceil, floor, log10

from sayso.corpus_report.density import Rate
from sayso.reports.html.layout import text
from sayso.reports.wording import label_name

_WIDTH = 720
_PHONE = 330
_SHORT = 22
"""Characters of a group's name that fit beside its row."""


class Scale:
    """Values from 0 to a round number above the largest, on so many pixels from `start` on."""

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


def by_group(groups: Mapping[str, Rate], labels: Sequence[str]) -> str:
    """A row for each group, and a dot with its margin for each label."""
    stacked = (_by_group(groups, [label], _PHONE) for label in labels)
    return _both(_by_group(groups, labels, _WIDTH), stacked)


def over_time(periods: Mapping[date, Rate], labels: Sequence[str], unit: str) -> str:
    """A panel for each label, with a line through the periods and a band for its margin."""
    wide = _over_time(periods, labels, unit, _WIDTH)
    return _both(wide, [_over_time(periods, labels, unit, _PHONE)])


def by_position(positions: Sequence[Rate], labels: Sequence[str]) -> str:
    """A panel for each label, with a bar for each tenth of the article."""
    stacked = (_by_position(positions, [label], _PHONE) for label in labels)
    return _both(_by_position(positions, labels, _WIDTH), stacked)


def _both(wide: str, stacked: Iterable[str]) -> str:
    return f'<div class="across">{wide}</div>\n<div class="stacked">{"".join(stacked)}</div>\n'


def _by_group(groups: Mapping[str, Rate], labels: Sequence[str], width: float) -> str:
    left, gap, row, top = 160, 34, 24, 46
    panel = (width - left - gap * (len(labels) - 1) - 10) / len(labels)
    height = top + row * len(groups) + 8
    parts = [
        _label(left - 10, top + row * place + 16, _shortened(name), "end", strong=True)
        for place, name in enumerate(groups)
    ]
    for number, label in enumerate(labels):
        start = left + number * (panel + gap)
        scale = Scale(_largest(groups.values(), label), start, panel)
        parts.append(_label(start, 14, label_name(label), "start", strong=True))
        for tick in scale.ticks:
            parts.append(_line(scale(tick), top - 6, scale(tick), height - 4))
            parts.append(_label(scale(tick), top - 12, f"{tick:g}", "middle"))
        for place, rate in enumerate(groups.values()):
            y = top + row * place + 12
            low, high = rate.interval(label)
            parts.append(_whisker(label, scale(low), y, scale(high), y))
            parts.append(_dot(label, scale(rate.density(label)), y))
    return _svg(width, height, parts, f"{_what(labels)} by group, with 95 % margins")


def _over_time(periods: Mapping[date, Rate], labels: Sequence[str], unit: str, width: float) -> str:
    left, right, panel, gap, top = 44, 16, 96, 52, 22
    height = top + len(labels) * (panel + gap)
    days = list(periods)
    first, span = days[0], max(1, (days[-1] - days[0]).days)
    across = [left + (width - left - right) * (day - first).days / span for day in days]
    dates = _some(len(days), 5 if width == _WIDTH else 3)
    parts: list[str] = []
    for number, label in enumerate(labels):
        floor_y = top + number * (panel + gap) + panel
        scale = Scale(_largest(periods.values(), label), floor_y, -panel)
        parts += _floor(label, scale, left, width - right, floor_y - panel)
        bounds = [rate.interval(label) for rate in periods.values()]
        upper = [(x, scale(high)) for x, (_, high) in zip(across, bounds, strict=True)]
        lower = [(x, scale(low)) for x, (low, _) in zip(across, bounds, strict=True)]
        middle = [
            (x, scale(rate.density(label)))
            for x, rate in zip(across, periods.values(), strict=True)
        ]
        parts.append(f'<polygon class="band {label}" points="{_points(upper + lower[::-1])}"/>')
        parts.append(f'<polyline class="line {label}" points="{_points(middle)}"/>')
        parts += [_dot(label, x, y, radius=2.5) for x, y in middle]
        for place in dates:
            anchor = "start" if place == 0 else "end" if place == len(days) - 1 else "middle"
            when = _named(days[place], unit)
            parts.append(_label(across[place], floor_y + 16, when, anchor))
    return _svg(width, height, parts, f"{_what(labels)} by {unit}, with 95 % margins")


def _by_position(positions: Sequence[Rate], labels: Sequence[str], width: float) -> str:
    left, gap, panel, top = 34, 44, 110, 24
    wide = (width - gap * (len(labels) - 1)) / len(labels) - left
    parts: list[str] = []
    for number, label in enumerate(labels):
        start = left + number * (wide + left + gap)
        scale = Scale(_largest(positions, label), top + panel, -panel)
        parts += _floor(label, scale, start, start + wide, top)
        bar = wide / len(positions)
        for place, rate in enumerate(positions):
            y, x = scale(rate.density(label)), start + place * bar
            low, high = rate.interval(label)
            height = top + panel - y
            parts.append(
                f'<rect class="bar {label}" x="{x + 1:.1f}" y="{y:.1f}" '
                f'width="{bar - 2:.1f}" height="{height:.1f}"/>'
            )
            middle = x + bar / 2
            parts.append(_whisker("axis strong", middle, scale(low), middle, scale(high)))
        parts.append(_label(start, top + panel + 16, "start", "start"))
        parts.append(_label(start + wide, top + panel + 16, "end of the article", "end"))
    name = f"{_what(labels)} in each tenth of the articles"
    return _svg(width, top + panel + 24, parts, name)


def _floor(label: str, scale: Scale, left: float, right: float, top: float) -> list[str]:
    """A panel's name, its lines and the figures beside them."""
    parts = [_label(left, top - 9, label_name(label), "start", strong=True)]
    for tick in scale.ticks:
        parts.append(_line(left, scale(tick), right, scale(tick)))
        parts.append(_label(left - 6, scale(tick) + 4, f"{tick:g}", "end"))
    return parts


def _largest(rates: Iterable[Rate], label: str) -> float:
    return max((rate.interval(label)[1] for rate in rates), default=0.0)


def _round_step(largest: float) -> float:
    """A round distance of which two to five reach the largest value."""
    if largest < 1e-9:  # nothing that could be seen
        return 1.0
    power = 10.0 ** floor(log10(largest))
    return next(step * power for step in (0.2, 0.5, 1, 2, 5) if largest / (step * power) <= 5)


def _some(count: int, most: int) -> list[int]:
    """Some of so many places: the first, the last, and those between that there is room for."""
    shown = min(most, count)
    return sorted({round(place * (count - 1) / max(1, shown - 1)) for place in range(shown)})


def _named(day: date, unit: str) -> str:
    return {"year": f"{day:%Y}", "month": f"{day:%b %Y}"}.get(unit, f"{day.day} {day:%b %Y}")


def _shortened(name: str) -> str:
    return name if len(name) <= _SHORT else name[: _SHORT - 1] + "…"


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _what(labels: Sequence[str]) -> str:
    """What a plot's name says is in it."""
    return f"Marks of {', '.join(map(label_name, labels))} per 1,000 words"


def _svg(width: float, height: float, parts: Sequence[str], name: str) -> str:
    inside = "\n".join(parts)
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{text(name)}">\n{inside}\n</svg>\n'
    )


def _label(x: float, y: float, words: str, anchor: str, *, strong: bool = False) -> str:
    kind = ' class="strong"' if strong else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{text(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="axis" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _whisker(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="whisker {kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _dot(label: str, x: float, y: float, radius: float = 4) -> str:
    return f'<circle class="{label}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" stroke="none"/>'
