"""The highlighter on pages of all kinds: the text that it collects, the words that it paints."""

import re
from typing import Any

import pytest

from sayso.labels import LABELS
from tests.browser.chromium import Ask, OpenPage
from tests.browser.page_scripts import collected, utf16

PAGES = [
    "news.html",
    "app.html",
    "live-blog.html",
    "long-read.html?words=1000",
    "right-to-left.html",
    "emoji.html",
    "paywall.html",
    "frames.html",
    "comments.html",
]


def test_a_news_page_is_read_as_it_is_rendered(open_page: OpenPage) -> None:
    assert collected(open_page("news.html")).split("\n") == [
        "Reservoir level falls to a ten-year low",
        "By Ellen Tarrow, Stonebeck",
        "The Hallin reservoir held 41 per cent of its water on Friday, the lowest level since "
        "2015, the water board said. It could fall to 30 per cent by August, according to people "
        "familiar with the board’s forecast.",
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
def test_the_article_is_found(open_page: OpenPage, name: str, root: str) -> None:
    assert open_page(name).evaluate("() => sayso.root().tagName") == root


def test_without_article_or_main_the_smallest_element_with_most_paragraphs_is_read(
    open_page: OpenPage,
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


@pytest.mark.parametrize("how", ["", "?named", "?within", "?named&words=60", "?within&words=60"])
def test_of_an_article_with_long_comments_the_article_is_read(
    open_page: OpenPage, how: str
) -> None:
    page = open_page(f"comments.html{how}")
    text = collected(page)
    assert page.evaluate("() => sayso.root().tagName") == "ARTICLE"
    assert text.startswith("A quiet harbour, a loud argument\nThe ferry from Orrin")
    assert text.endswith("met in the old net loft on Sunday.")
    assert "Reader" not in text


def test_comments_are_read_if_there_is_nothing_else(open_page: OpenPage) -> None:
    page = open_page("comments.html?named")
    page.evaluate("() => document.querySelector('article').remove()")
    assert collected(page).count("Reader") == 150


def test_of_many_articles_of_one_page_all_are_read(open_page: OpenPage) -> None:
    page = open_page("live-blog.html")
    page.evaluate(
        "() => { for (let at = 0; at < 9; at++) addPost('9.00', 'It is said. '.repeat(99)); }"
    )
    assert page.evaluate("() => sayso.root().tagName") == "MAIN"


def test_a_dialog_over_the_page_is_not_part_of_the_article(open_page: OpenPage) -> None:
    text = collected(open_page("paywall.html"))
    assert text.startswith("Paper mill at Denby may close\nThe paper mill")
    assert text.endswith("never explained.")


def test_frames_and_shadow_roots_are_read_in_their_place(open_page: OpenPage) -> None:
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


def test_half_a_surrogate_pair_becomes_a_replacement_character(open_page: OpenPage) -> None:
    text = collected(open_page("emoji.html"))
    assert "before 🚀 may rise, alone \ufffd here, critics say." in text


@pytest.mark.parametrize("name", PAGES)
def test_exactly_the_words_that_the_server_named_are_painted(
    open_page: OpenPage, ask: Ask, name: str
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
    painted = [
        one for one in page.evaluate("() => sayso.painted()") if one["name"] != "sayso-focus"
    ]
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


def test_marks_below_the_threshold_are_removed(open_page: OpenPage, ask: Ask) -> None:
    page = open_page("news.html")
    sentences = ask(collected(page))
    counts = []
    for threshold in (0.05, 0.5, 0.95, 0.5):
        thresholds = dict.fromkeys(LABELS, threshold)
        page.evaluate("([one, two]) => sayso.mark(one, two)", [sentences, thresholds])
        counts.append(len(page.evaluate("() => sayso.painted()")))
    assert counts[0] > counts[1] > counts[2]
    assert counts[3] == counts[1]
    page.evaluate("(all) => sayso.mark(all, { hedging: 0.5 })", sentences)
    assert {one["name"] for one in page.evaluate("() => sayso.painted()")} == {"sayso-hedging"}


def test_marks_have_the_labels_colours_in_frames_and_shadow_roots_too(
    open_page: OpenPage, ask: Ask
) -> None:
    page = open_page("frames.html")
    sentences = ask(collected(page))
    page.evaluate(
        "(all) => sayso.mark(all, { hedging: 0.3, unverified_attribution: 0.3 })", sentences
    )
    looks = page.evaluate(
        """() => [
          document.querySelector("article p"),
          document.querySelector("iframe").contentDocument.querySelector("p"),
          document.querySelector("x-quote").shadowRoot.querySelector("p"),
        ].map((one) => one.ownerDocument.defaultView
          .getComputedStyle(one, "::highlight(sayso-hedging)").backgroundColor)"""
    )
    assert set(looks) == {"rgb(220, 235, 250)"}


MARKS_LOOK = """
() => ["article p", "article", "aside p"].map((selector) => getComputedStyle(
  document.querySelector(selector), "::highlight(sayso-hedging)").backgroundColor)
"""
COLOUR, NONE = "rgb(220, 235, 250)", "rgba(0, 0, 0, 0)"


def test_elements_beside_the_article_are_not_restyled(open_page: OpenPage, ask: Ask) -> None:
    page = open_page("news.html")
    sentences = ask(collected(page))
    page.evaluate("(all) => sayso.mark(all, { hedging: 0.3 })", sentences)
    assert page.evaluate(MARKS_LOOK) == [COLOUR, COLOUR, NONE]
    # An article of another page is that of this one, in an element without a name.
    page.evaluate(
        """(all) => {
          const story = document.createElement("div");
          story.append(...document.querySelector("article").childNodes);
          document.querySelector("main").replaceWith(story);
          sayso.take();
          return sayso.mark(all, { hedging: 0.3 });
        }""",
        sentences,
    )
    assert page.evaluate("() => sayso.collected.root.localName") == "div"
    assert (
        page.evaluate(
            "() => getComputedStyle(document.querySelector('p'),"
            " '::highlight(sayso-hedging)').backgroundColor"
        )
        == COLOUR
    )


@pytest.mark.parametrize(
    "again", ["sayso.mark(all, {hedging: 0.3})", "void sayso.painter.focus('')"]
)
def test_marks_show_again_on_a_page_that_sets_its_own_sheets(
    open_page: OpenPage, ask: Ask, again: str
) -> None:
    page = open_page("news.html")
    sentences = ask(collected(page))
    page.evaluate("(all) => sayso.mark(all, { hedging: 0.3 })", sentences)
    page.evaluate("() => (document.adoptedStyleSheets = [new CSSStyleSheet()])")
    assert page.evaluate(MARKS_LOOK)[0] == NONE
    page.evaluate(f"(all) => {again}", sentences)
    assert page.evaluate(MARKS_LOOK)[0] == COLOUR
    assert page.evaluate("() => document.adoptedStyleSheets.length") == 2
    page.evaluate("() => sayso.painter.clear()")
    assert page.evaluate("() => document.adoptedStyleSheets.length") == 1


def test_a_finding_is_found_below_the_pointer_and_put_in_focus(
    open_page: OpenPage, ask: Ask
) -> None:
    page = open_page("news.html")
    sentences = ask(collected(page))
    page.evaluate(
        "(all) => sayso.mark(all, { hedging: 0.3, unverified_attribution: 0.3 })", sentences
    )
    box = page.evaluate(
        """() => {
          const [range] = CSS.highlights.get("sayso-hedging");
          const { left, top, width, height } = range.getClientRects()[0];
          return { x: left + width / 2, y: top + height / 2, words: range.toString() };
        }"""
    )
    found = page.evaluate("({ x, y }) => sayso.painter.at(x, y)", box)
    assert [one["label"] for one in found] == ["hedging"]
    assert box["words"] in found[0]["words"].split(" … ")
    assert page.evaluate("() => sayso.painter.at(2, 2)") == []
    page.evaluate("(id) => void sayso.painter.focus(id)", found[0]["id"])
    focused = [
        one for one in page.evaluate("() => sayso.painted()") if one["name"] == "sayso-focus"
    ]
    assert " … ".join(one["words"] for one in focused) == found[0]["words"]
    page.evaluate("() => void sayso.painter.focus(null)")
    names = {one["name"] for one in page.evaluate("() => sayso.painted()")}
    assert "sayso-focus" not in names


@pytest.mark.parametrize(
    ("colour", "scheme"),
    [
        ("#222", "light"),
        ("rgb(230 230 230)", "dark"),
        ("oklch(0.95 0 0)", "dark"),
        ("hsl(220 60% 20%)", "light"),
    ],
)
def test_the_scheme_is_that_of_the_text(open_page: OpenPage, colour: str, scheme: str) -> None:
    page = open_page("news.html")
    page.evaluate("(one) => (document.body.style.color = one)", colour)
    assert page.evaluate("() => sayso.schemeOf(sayso.root())") == scheme
