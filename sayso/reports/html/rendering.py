"""Renders templates: pages that load and run nothing, whatever text they show.

Jinja escapes each value; before that, characters that would steer the reader's screen or turn the
direction of the text are made visible.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sayso import __version__
from sayso.console.messages import counted, printable, warning_text
from sayso.engine.report import Sentence
from sayso.labels import LABEL_INFO
from sayso.reports.wording import (
    FIGURE_HEADINGS,
    details,
    figure_rows,
    kind_counts,
    segments,
    size,
)

STRIP_WIDTH, STRIP_HEIGHT = 240, 18
"""Of the bar that shows where in a text a label was flagged, in units of its drawing."""


def render(template: str, **values: Any) -> str:
    """A template of this package, filled in."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sayso.reports.html"),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    functions = (
        *(counted, details, figure_rows, kind_counts, segments, size),
        *(strip_marks, warning_text),
    )
    environment.globals |= {
        "version": __version__,
        "LABEL_INFO": LABEL_INFO,
        "FIGURE_HEADINGS": FIGURE_HEADINGS,
        "STRIP_WIDTH": STRIP_WIDTH,
        "STRIP_HEIGHT": STRIP_HEIGHT,
        **{function.__name__: function for function in functions},
    }
    return environment


def _visible(value: Any) -> Any:
    return value if isinstance(value, Markup) else printable(str(value))


def strip_marks(label: str, sentences: Sequence[Sentence]) -> Iterator[tuple[float, float]]:
    """The left edge and the width of each flagged sentence in the strip."""
    length = max(1, sum(len(sentence.text) for sentence in sentences))
    before = 0
    for sentence in sentences:
        if label in sentence.flags:
            width = max(2.0, STRIP_WIDTH * len(sentence.text) / length)
            yield STRIP_WIDTH * before / length, width
        before += len(sentence.text)
