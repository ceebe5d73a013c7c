"""Figures and answers in the documents are compared with their source, value by value."""

import pytest

from docs.figures import DOCUMENTS, ROOT, SECTION, SECTIONS, differences, written


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
