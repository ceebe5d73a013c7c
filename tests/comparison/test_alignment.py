from hypothesis import given
from hypothesis import strategies as st

from sayso.comparison.alignment import Pair, align

BRIDGE = "The bridge may stay shut until the end of the month."
COUNCIL = "The council has failed to explain those five days."
BUSES = "Buses were sent round by the northern tunnel."
INSIDERS = "Insiders believe that the old ferry could be sold."


def indices(pairs: list[Pair]) -> list[tuple[int | None, int | None, bool]]:
    return [(pair.before, pair.after, pair.moved) for pair in pairs]


def test_a_changed_sentence_is_found_again() -> None:
    after = [BRIDGE.replace("may", "will"), BUSES]
    assert indices(align([BRIDGE, BUSES], after)) == [(0, 0, False), (1, 1, False)]


def test_added_and_removed_sentences() -> None:
    pairs = align([BRIDGE, COUNCIL, BUSES], [BRIDGE, INSIDERS, BUSES])
    assert indices(pairs) == [(0, 0, False), (1, None, False), (None, 1, False), (2, 2, False)]


def test_a_moved_sentence_is_one_pair() -> None:
    before = [COUNCIL, BRIDGE, BUSES, INSIDERS]
    pairs = align(before, [BRIDGE, BUSES, INSIDERS, COUNCIL.replace("five", "nine")])
    assert (0, 3, True) in indices(pairs)
    assert len(pairs) == 4


def test_quotation_marks_and_spaces_are_no_change() -> None:
    (pair,) = align(['"It is over," he said.'], ["“It  is over,” he said."])
    assert pair == Pair(0, 0, 1.0)


WORDS = st.sampled_from(["a", "b", "c", "d e f g", "d e f h", "x y", "y x", ""])


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_each_sentence_is_in_one_pair_and_the_second_text_in_its_order(
    before: list[str], after: list[str]
) -> None:
    pairs = align(before, after)
    assert sorted(pair.before for pair in pairs if pair.before is not None) == list(
        range(len(before))
    )
    assert [pair.after for pair in pairs if pair.after is not None] == list(range(len(after)))
    assert all(0 <= pair.likeness <= 1 for pair in pairs)


def test_long_texts_without_a_common_sentence_are_aligned_in_time() -> None:
    """Two of 1,000 sentences have a million pairs; in plain Python they took several seconds."""
    before = [f"The {number} bridges may stay shut for {number} days." for number in range(1000)]
    pairs = align(before, [sentence.replace("may", "will") for sentence in before])
    assert [(pair.before, pair.after) for pair in pairs] == [(i, i) for i in range(1000)]
