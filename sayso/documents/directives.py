"""Directives: HTML comments in which authors exclude text.

`<!-- sayso: ignore -->` excludes the next paragraph, `<!-- sayso: off -->` everything up to
`<!-- sayso: on -->`, or to the end of the file.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from sayso.suggestions import require_known

_DIRECTIVE = re.compile(r"\s*sayso\s*:(.*)", re.DOTALL)


class Directive(StrEnum):
    """A directive's word."""

    IGNORE = "ignore"
    OFF = "off"
    ON = "on"


def find_directives(markup: str, line: int) -> Iterator[Directive]:
    """The directives in a piece of markup that begins in line `line` of its file, counted from 1.

    Raises:
        InputError: if a directive is unknown; passed over silently, it would not do what its
            author expects.
    """
    end = counted = 0
    while (start := markup.find("<!--", end)) >= 0:
        # A regular expression for whole comments takes quadratic time if none is closed.
        closing = markup.find("-->", start + 2)  # `<!-->` is a comment, too
        if closing < 0:
            return
        end = closing + 3
        if match := _DIRECTIVE.fullmatch(markup, start + 4, closing):
            line += markup.count("\n", counted, start)
            counted = start
            word = match[1].strip()
            require_known(word, Directive, f"line {line}: unknown Sayso directive")
            yield Directive(word)
