"""Figures and answers in the documents are compared with their source, value by value."""

import pytest

from docs.figures import DOCUMENTS, ROOT, SECTION, SECTIONS, differences, same, written


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_section_is_up_to_date(name: str) -> None:
    document = (ROOT / name).read_text(encoding="utf-8")
    assert SECTION.search(document)
    assert differences(document) == []


def test_every_section_is_shown_somewhere() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    assert {found[2] for text in texts for found in SECTION.finditer(text)} == SECTIONS.keys()


def test_two_figures_of_a_row_that_change_places_are_found() -> None:
    document = (ROOT / "README.md").read_text(encoding="utf-8")
    swapped = document.replace("| .906 | .897 |", "| .897 | .906 |")
    assert len(differences(swapped)) == 1
    assert written(swapped) == document


@pytest.mark.parametrize(
    ("new", "is_same"),
    [
        ('{"hedging": 0.9494}', True),
        ('{"hedging": 0.9497}', True),
        ('{"hedging": 0.951}', True),
        ('{"hedging": 0.952}', False),
        ('{"framing": 0.9494}', False),
        ('{"hedging": 0.9494, "a": 0.1}', False),
    ],
)
def test_answers_may_differ_in_the_last_digits(new: str, is_same: bool) -> None:
    assert same('{"hedging": 0.9494}', new, exact=False) is is_same


def test_figures_may_not() -> None:
    assert not same("| .906 |", "| .907 |", exact=True)
