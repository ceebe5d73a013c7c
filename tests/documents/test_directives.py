from collections.abc import Callable
from time import process_time

import pytest

from sayso.documents.directives import Directive, find_directives
from sayso.errors import InputError


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<!-- sayso: ignore -->", [Directive.IGNORE]),
        ("<!--sayso:off--><b><!--\n sayso :\n on\n-->", [Directive.OFF, Directive.ON]),
        ("<!-- x --><!-- sayso: on -->", [Directive.ON]),
        ("<!--> <!---> <!-- sayso: on -->", [Directive.ON]),
        ("<!-- x <!-- sayso: on -->", []),
        ("<!-- saysos: on --> <!-- Sayso: on --> sayso: on", []),
        ("<!-- sayso: on", []),
        ("<!-- sayso: on --", []),
        ("", []),
    ],
)
def test_directives_are_comments(markup: str, expected: list[Directive]) -> None:
    assert list(find_directives(markup, 1)) == expected


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ("<!-- sayso: ignor -->", "line 3: unknown Sayso directive 'ignor'; did you mean ignore"),
        ("<!-- a\n -->\n\n<!-- sayso: x -->", "line 6: .*'x'; known are ignore, off, on"),
        ("\n<!-- sayso: off -->\n<!-- sayso: -->", "line 5: unknown Sayso directive ''"),
        ("<!-- sayso: off on -->", "line 3: unknown Sayso directive 'off on'"),
    ],
)
def test_an_unknown_directive_is_an_error_with_its_line(markup: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(find_directives(markup, 3))


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: "<!-- sayso:" * n,
        lambda n: "<!-- sayso:" + " " * 10 * n,
        lambda n: "<!--" + " " * 10 * n + "-->",
        lambda n: "\n<!-- sayso: on -->" * n,
    ],
)
def test_finding_directives_takes_linear_time(hostile: Callable[[int], str]) -> None:
    """Four times the markup takes four times as long; in quadratic time, sixteen times."""

    def seconds(markup: str) -> float:
        start = process_time()
        list(find_directives(markup, 1))
        return process_time() - start

    short, long = hostile(2000), hostile(8000)
    assert min(seconds(long) for _ in range(3)) < 10 * max(
        min(seconds(short) for _ in range(3)), 0.001
    )
