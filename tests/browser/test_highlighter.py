"""The highlighter on pages of all kinds: what it collects, what it paints, what it leaves alone."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from benchmarks.service.server import Server
from models.labels import LABELS

Open = Callable[..., Page]

# What the tests call inside of a page. It leaves no trace in the document.
_TOOLS = """
async () => {
  const load = (name) => import(`/highlighter/${name}.js`);
  const [collecting, painting, finding, watching] = await Promise.all(
    ["collect", "paint", "findings", "watch"].map(load));
  const sayso = { ...collecting, ...painting, ...finding, ...watching };
  sayso.painter = new sayso.Painter();
  sayso.root = () => sayso.findArticle(document);
  sayso.take = () => (sayso.collected = sayso.collect(sayso.root()));
  sayso.mark = async (sentences, thresholds) => {
    const { text } = sayso.collected;
    sayso.sentences = sentences;
    await sayso.painter.paint(sayso.collected, sayso.findFindings(sentences, text, thresholds));
  };
  // Every painted range of the page and its frames: name, words, and where it begins.
  sayso.painted = () => {
    const registries = [CSS.highlights];
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentDocument) registries.push(frame.contentWindow.CSS.highlights);
    }
    return registries.flatMap((registry) => [...registry].flatMap(([name, highlight]) =>
      [...highlight].map((range) => ({
        name,
        words: range.toString(),
        start: sayso.collected.offsetOf(range.startContainer, range.startOffset),
        shown: range.getClientRects().length > 0,
      }))));
  };
  // The whole document with shadow roots and frames, as text.
  sayso.source = () => {
    const roots = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean);
    const frames = [...document.querySelectorAll("iframe")].map((one) => one.contentDocument);
    const inner = frames.filter(Boolean).map((one) => one.documentElement.outerHTML);
    const html = document.documentElement.getHTML({ shadowRoots: roots });
    return [document.documentElement.outerHTML, html, ...inner].join("\\0");
  };
  sayso.changes = 0;
  new MutationObserver((all) => (sayso.changes += all.length)).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true });
  globalThis.sayso = sayso;
}
"""

NAMES = (
    "news.html app.html live-blog.html long-read.html?words=1000 right-to-left.html emoji.html "
    "paywall.html frames.html"
).split()


@pytest.fixture
def open_page(tab: Page, site: str) -> Open:
    def open_it(name: str) -> Page:
        tab.goto(f"{site}/{name}", wait_until="networkidle")
        tab.evaluate(_TOOLS)
        return tab

    return open_it


@pytest.fixture(scope="module")
def ask(live_server: Server) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """The server's sentences of a text, as the extension would get them."""
    with httpx.Client(base_url=live_server.url, trust_env=False, timeout=60) as client:

        def stream(text: str) -> list[dict[str, Any]]:
            thresholds = dict.fromkeys(LABELS, 0.05)
            body = {"text": text, "offset_unit": "utf16", "thresholds": thresholds}
            answer = client.post("/v1/score/stream", json=body)
            lines = [json.loads(line) for line in answer.text.splitlines()]
            return [line["sentence"] for line in lines if "sentence" in line]

        yield stream


def collected(page: Page) -> str:
    text: str = page.evaluate("() => sayso.take().text")
    return text


def utf16(text: str, start: int, end: int) -> str:
    """`text[start:end]` where offsets count UTF-16 code units."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def test_a_news_page_is_read_as_it_is_rendered(open_page: Open) -> None:
    assert collected(open_page("news.html")).split("\n") == [
        "Reservoir level falls to a ten-year low",
        "By Ellen Tarrow, Stonebeck",
        "The Hallin reservoir held 41 per cent of its water on Friday, the lowest level since 2015, "
        "the water board said. It could fall to 30 per cent by August, according to people familiar "
        "with the board’s forecast.",
        "The board has imposed no limits yet. Two villages are\u00a0said to be supplied by lorry "
        "already.",
        "The mayor, Owen Pask, denied it.",
        "The gauge at the dam, which some fear may crack.",
        "“We are watching it day by day,” said the board’s director, Rhea Lund.",
        "Level in May: 63 per cent",
        "Level in June: 52 per cent",
        "Readings come from every hour, she said.",
        "The disastrous leak of 2019 was allegedly covered up.",
        "How the level is measured",
        "Heavy rain is likely next week, forecasters at the Met Centre said.",
        "Lawns may be watered at night",
        "Pools must stay empty",
    ]


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("news.html", "ARTICLE"),
        ("app.html", "ARTICLE"),
        ("live-blog.html", "MAIN"),
        ("paywall.html", "ARTICLE"),
    ],
)
def test_the_article_is_found(open_page: Open, name: str, root: str) -> None:
    assert open_page(name).evaluate("() => sayso.root().tagName") == root


def test_without_article_or_main_the_smallest_element_with_most_paragraphs_is_read(
    open_page: Open,
) -> None:
    page = open_page("news.html")
    page.evaluate(
        """() => {
          const text = "A line that is long enough to count as one of the article. ".repeat(4);
          document.body.innerHTML = `<div id=menu><p>Home</p></div>
            <div id=outer><div id=story><p>${text}</p><p>${text}</p></div><p>Related</p></div>`;
        }"""
    )
    assert page.evaluate("() => sayso.root().id") == "story"


def test_a_dialog_over_the_page_is_no_part_of_the_article(open_page: Open) -> None:
    text = collected(open_page("paywall.html"))
    assert text.startswith("Paper mill at Denby may close\nThe paper mill")
    assert text.endswith("never explained.")


def test_frames_and_shadow_roots_are_read_where_they_stand(open_page: Open) -> None:
    page = open_page("frames.html")
    assert collected(page).split("\n") == [
        "Lighthouse to be sold",
        "The lighthouse at Cape Sorrow may be sold, the coast authority said.",
        "The keeper, Lars Holm, reportedly lives there still.",
        "Insiders claimed that a buyer had been found.",
        "Neighbours said: it is likely to become a hotel.",
        "Nobody could be reached.",
        "The auction is on 3 June.",
    ]
    assert page.evaluate("() => sayso.collected.leftOut") == ["a frame from another site"]


def test_half_a_surrogate_pair_becomes_a_replacement_character(open_page: Open) -> None:
    text = collected(open_page("emoji.html"))
    assert "before 🚀 may rise, alone \ufffd here, critics say." in text


@pytest.mark.parametrize("name", NAMES)
def test_painted_are_exactly_the_words_that_the_server_named(
    open_page: Open, ask: Callable[[str], list[dict[str, Any]]], name: str
) -> None:
    page = open_page(name)
    before = page.evaluate("() => sayso.source()")
    text = collected(page)
    sentences = ask(text)
    thresholds = dict.fromkeys(LABELS, 0.3)
    page.evaluate("([one, two]) => sayso.mark(one, two)", [sentences, thresholds])
    expected = [
        (span["start"], f"sayso-{span['label']}", utf16(text, span["start"], span["end"]))
        for one in sentences
        for span in one["evidence"]
        if (one["scores"] or {}).get(span["label"], 0) >= thresholds[span["label"]]
    ]
    assert len(expected) > 2
    painted = [one for one in page.evaluate("() => sayso.painted()") if one["name"] != "sayso-focus"]
    assert all(one["shown"] for one in painted)
    assert _joined(painted) == sorted(expected)
    assert page.evaluate("() => sayso.source()") == before
    page.evaluate("() => sayso.painter.clear()")
    assert page.evaluate("() => sayso.painted()") == []
    assert page.evaluate("() => document.adoptedStyleSheets.length") == 0
    assert page.evaluate("() => sayso.source()") == before
    assert page.evaluate("() => sayso.changes") == 0


def _joined(painted: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    """Painted words by span: what stands in several nodes is put together again."""
    spans: list[tuple[int, str, str]] = []
    for one in sorted(painted, key=lambda one: (one["name"], one["start"])):
        words = re.sub(r"[ \n]+", " ", one["words"].replace("\u00ad", ""))
        if spans:
            start, name, known = spans[-1]
            end = start + len(known.encode("utf-16-le")) // 2
            if name == one["name"] and end == one["start"]:
                spans[-1] = (start, name, known + words)
                continue
        spans.append((one["start"], one["name"], words))
    return sorted(spans)
