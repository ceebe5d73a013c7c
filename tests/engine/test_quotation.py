import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.engine.quotation import quoted_ranges


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('She said "it rained" and left.', ["it rained"]),
        ("She said “it rained” and left.", ["it rained"]),
        ("She said ‘it didn’t rain’ and left.", ["it didn’t rain"]),
        ("She said 'it didn't rain' and left.", ["it didn't rain"]),
        ("The workers’ strike and the mayor's dog.", []),
        ("Back in the '90s it rained.", []),
        ('"One," he said, "and two."', ["One,", "and two."]),
        ("“He called it ‘a mob’ twice,” she said.", ["He called it ‘a mob’ twice,"]),
        ("“A paragraph that goes on", ["A paragraph that goes on"]),
        ("and ends here,” he said.", ["and ends here,"]),
        ('and ends here," he said.', ["and ends here,"]),
        ("“Open.\nNext “one” here.", ["Open.", "one"]),
        ("«Guillemets» too.", ["Guillemets"]),
        ("No marks at all.", []),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quoted_ranges(text)] == quoted


@given(st.text(alphabet="ab \"'“”‘’«»„\n\r😀.,"))
def test_ranges_are_in_order_and_apart(text: str) -> None:
    ranges = quoted_ranges(text)
    assert all(0 <= start <= end <= len(text) for start, end in ranges)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ranges))
