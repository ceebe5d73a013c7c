"""Comments with which writers tell Sayso what it should not read.

`<!-- sayso: ignore -->` leaves out the next paragraph, `<!-- sayso: off -->` all up to
`<!-- sayso: on -->`, or to the end of the file.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from sayso.suggestions import require_known

_COMMENT = re.compile(r"<!--\s*sayso\s*:\s*(.*?)\s*-->", re.DOTALL)


class Directive(StrEnum):
    """What a comment asks for."""

    IGNORE = "ignore"
    OFF = "off"
    ON = "on"


def find_directives(markup: str, line: int) -> Iterator[Directive]:
    """What the comments in a piece of markup ask for; it begins in line `line` of the file.

    Raises:
        InputError: a comment for Sayso asks for something unknown; silently passed over, it would
            not do what its writer believes it does.
    """
    for match in _COMMENT.finditer(markup):
        word = match[1]
        where = line + markup.count("\n", 0, match.start())
        require_known(word, Directive, f"line {where}: unknown comment for Sayso:")
        yield Directive(word)
