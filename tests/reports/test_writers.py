from enum import StrEnum
from pathlib import Path

import pytest

from sayso.errors import InputError
from sayso.reports.writers import Format, guess_format


class Few(StrEnum):
    PRETTY = "pretty"
    HTML = "html"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", Format.PRETTY), ("a.HTM", Format.HTML), ("a.ndjson", Format.JSONL), (None, "pretty")],
)
def test_the_suffix_names_the_format(name: str | None, expected: Format | str) -> None:
    assert guess_format(Path(name) if name else None, Format) == expected


def test_a_command_has_the_suffixes_of_its_own_formats() -> None:
    assert guess_format(Path("a.html"), Few) is Few.HTML
    with pytest.raises(InputError, match=r"written as \.csv; known are \.htm, \.html, \.txt\."):
        guess_format(Path("a.csv"), Few)
