import pytest

from sayso.documents.source_map import UNKNOWN, LineIndex, SourceMapBuilder, map_to_source
from sayso.engine.report import Evidence, Report, Sentence, Summary

SOURCE = "**It** may &amp; could.\n"


def built() -> SourceMapBuilder:
    """The prose of `SOURCE`, and another sentence after it."""
    builder = SourceMapBuilder()
    builder.copy("It", range(2, 4))
    builder.copy(" may ", range(6, 11))
    builder.substitute("&", 11, 16)
    builder.copy(" could.", range(16, 23))
    builder.insert("\n\n")
    return builder


def test_text_is_copied_substituted_and_inserted() -> None:
    builder = built()
    source_map = builder.build(SOURCE, offsets_in_source=True)
    assert builder.text() == "It may & could.\n\n"
    assert len(builder) == len(source_map.starts) == len(source_map.ends) == 17
    assert list(source_map.starts[:3]) == [2, 3, 6]
    assert (source_map.starts[7], source_map.ends[7]) == (11, 16)
    assert list(source_map.starts[-2:]) == list(source_map.ends[-2:]) == [UNKNOWN] * 2


def test_a_builder_knows_whether_its_text_ends_in_space() -> None:
    builder = SourceMapBuilder()
    assert not builder.ends_in_space
    builder.copy("a ", range(2))
    builder.copy("", range(0))
    assert builder.ends_in_space
    builder.copy("b", range(3, 4))
    assert not builder.ends_in_space


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 2, (2, 4)),
        (1, 4, (3, 8)),
        (6, 9, (10, 17)),
        (14, 17, (22, 23)),
        (15, 17, None),
        (3, 3, None),
    ],
)
def test_ranges_of_the_text_are_mapped(
    start: int, end: int, expected: tuple[int, int] | None
) -> None:
    assert built().build(SOURCE, offsets_in_source=True).source_range(start, end) == expected


def test_lines_are_found_by_offset() -> None:
    lines = LineIndex("a\r\n\nb\x85\u2028\rc\n")
    assert [lines.line(offset) for offset in (0, 2, 3, 4, 8, 10)] == [1, 1, 2, 3, 3, 4]
    assert [lines.line_start(line) for line in (1, 2, 3, 4)] == [0, 3, 4, 10]


def test_a_report_is_mapped_to_the_source() -> None:
    evidence = Evidence("hedging", 3, 14, 0.9, False)
    sentence = Sentence(0, 0, 15, "It may & could.", {"hedging": 0.9}, ("hedging",), (evidence,))
    summary = Summary(1, 3, {"hedging": 1}, {"hedging": 1.0}, {"hedging": 333.3}, {}, (0,))
    report = Report("base", "codepoint", {"hedging": 0.5}, (sentence,), summary, ())
    source_map = built().build(SOURCE, offsets_in_source=True)
    (mapped,) = map_to_source(report, source_map).sentences
    assert (mapped.start, mapped.end) == (2, 23)
    assert mapped.text == SOURCE[2:23] == "It** may &amp; could."
    assert [(found.start, found.end) for found in mapped.evidence] == [(7, 22)]
    assert SOURCE[7:22] == "may &amp; could"
    assert mapped.scores == sentence.scores
