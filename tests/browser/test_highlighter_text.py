"""The highlighter's modules that know no page: parts, lines of JSON, figures, what is known."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from sayso.labels import LABELS
from serving.load.server import Server
from tests.browser.chromium import Ask, OpenPage

TEXT = (
    "Officials said the dam could fail.\n“It’s a catastrophe 🌊👩‍👩‍👧,” he claimed. "
    "e\u0301tude\u00a0reports say so.\n\nThe council meets on Monday, it is said."
)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("frame.html")


def split(page: Page, text: str, characters: int, size: int = 1_000_000) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = page.evaluate(
        """async ([text, text_characters, body_bytes]) => {
          const { splitInParts } = await import("/highlighter/parts.js");
          return splitInParts(text, { text_characters, body_bytes });
        }""",
        [text, characters, size],
    )
    return parts


@pytest.mark.parametrize(
    ("text", "characters", "parts"),
    [
        ("", 10, []),
        ("short", 10, ["short"]),
        ("One line.\nAnother line.", 14, ["One line.\n", "Another line."]),
        ("One is. Two is. Three.", 18, ["One is. Two is. ", "Three."]),
        ("one two three four", 10, ["one two ", "three four"]),
        ("🌊" * 5, 2, ["🌊🌊", "🌊🌊", "🌊"]),
        ("x" * 7, 3, ["xxx", "xxx", "x"]),
        ("ab", 0, ["a", "b"]),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least(
    page: Page, text: str, characters: int, parts: list[str]
) -> None:
    assert [one["text"] for one in split(page, text, characters)] == parts


@pytest.mark.parametrize("size", [1_040, 1_100, 5_000])
def test_parts_fit_in_bytes_too_and_join_to_the_whole(page: Page, size: int) -> None:
    text = (TEXT + 'He said: "\\" \x01\t') * 20
    parts = split(page, text, 10_000, size)
    assert "".join(one["text"] for one in parts) == text
    sizes = page.evaluate(
        "(all) => all.map((one) => new TextEncoder().encode(JSON.stringify(one)).length)",
        [one["text"] for one in parts],
    )
    assert max(sizes) <= size - 1_000 + 2  # the quotation marks around it


def test_lines_of_json_may_be_cut_anywhere(page: Page) -> None:
    lines = page.evaluate(
        """async () => {
          const { readNdjson } = await import("/highlighter/ndjson.js");
          const bytes = new TextEncoder().encode('{"a": "🌊é"}\\n\\n{"b": 2}\\n{"c": 3}');
          const stream = new ReadableStream({ start(controller) {
            for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
            controller.close();
          } });
          const lines = [];
          for await (const line of readNdjson(stream)) lines.push(line);
          return lines;
        }"""
    )
    assert lines == [{"a": "🌊é"}, {"b": 2}, {"c": 3}]


def test_figures_are_the_servers_own(page: Page, ask: Ask, live_server: Server) -> None:
    thresholds = dict.fromkeys(LABELS, 0.4)
    report = httpx.post(
        f"{live_server.url}/v1/score",
        json={"text": TEXT, "offset_unit": "utf16", "thresholds": thresholds},
        trust_env=False,
    ).json()["summary"]
    ours = page.evaluate(
        """([sentences, text, thresholds]) => {
          const findings = sayso.findFindings(sentences, text, thresholds);
          return sayso.summarize(sentences, text, findings);
        }""",
        [ask(TEXT), TEXT, thresholds],
    )
    assert sum(report["flagged"].values()) > 2
    for name in ("sentences", "words", "flagged", "kinds"):
        assert ours[name] == report[name]
    for name, precision in (("shares", 5e-5), ("densities", 5e-3)):
        assert ours[name] == pytest.approx(report[name], abs=precision)
    assert ours["mostMarked"] == report["most_marked"]
    marked = [len(places) for places in ours["positions"].values()]
    assert marked == list(report["flagged"].values())
    assert all(0 < one < 1 for places in ours["positions"].values() for one in places)


def carried(page: Page, before: str, after: str) -> tuple[list[str], list[str]]:
    """The known sentences and the unknown stretches of a changed text."""
    sentences = [
        {"index": index, "start": one.start(), "end": one.end(), "evidence": [], "scores": {}}
        for index, one in enumerate(re.finditer(r"[^ ][^.]*\.", before))
    ]
    known, unknown = page.evaluate(
        """([sentences, before, after]) => {
          const { sentences: known, unknown } = sayso.carryOver(sentences, before, after);
          const words = ({ start, end }) => after.slice(start, end).trim();
          return [known.map(words), unknown.map(words)];
        }""",
        [sentences, before, after],
    )
    return known, unknown


@pytest.mark.parametrize(
    ("before", "after", "known", "unknown"),
    [
        ("A one. B two.", "A one. B two.", ["A one.", "B two."], []),
        ("A one. B two.", "B two. A one.", ["B two.", "A one."], []),
        ("A one.", "New. A one. Newer.", ["A one."], ["New.", "Newer."]),
        ("A one. A one.", "A one. A one. A one.", ["A one.", "A one."], ["A one."]),
        ("he left.", "She left. he left.", ["he left."], ["She left."]),
        ("A one.", "", [], []),
        ("", "A one.", [], ["A one."]),
        ("A one. B two.", "A one — B two.", ["B two."], ["A one —"]),
    ],
)
def test_known_sentences_are_not_asked_for_again(
    page: Page, before: str, after: str, known: list[str], unknown: list[str]
) -> None:
    assert carried(page, before, after) == (known, unknown)
