"""From the click to the marks: exactly the server's words, and an unchanged page.

`extension_driver.py` describes how the click is made, and the one permission that these tests
cannot request.
"""

import re
import time
from io import BytesIO
from typing import Any, cast

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from sayso.labels import LABELS
from tests.browser.extension.extension_driver import (
    DOM,
    PAINTED,
    Extension,
    Visit,
    painted,
    squeezed,
    words_of,
)
from tests.browser.extension.recording_proxy import Recorder, Span

PAGES = [
    "news.html",
    "app.html",
    "live-blog.html",
    "long-read.html",
    "right-to-left.html",
    "emoji.html",
    "paywall.html",
    "frames.html",
    "comments.html",
]

BESIDE = 20
"""Characters that are compared on both sides of a mark."""

COUNT_FETCHES = """
() => {
  self.fetched = [];
  const real = self.fetch;
  self.fetch = (...given) => (self.fetched.push(String(given[0])), real(...given));
}
"""

# Where the marks of a label are seen in the window, in frames too.
RECTANGLES = """
(label) => [window, ...[...document.querySelectorAll("iframe")].map((one) => one.contentWindow)]
  .flatMap((view) => {
    let frame = null;
    try { frame = view.frameElement; } catch { return []; } // of another site
    const {left, top} = frame?.getBoundingClientRect() ?? {left: 0, top: 0};
    const [right, down] = [left + (frame?.clientLeft ?? 0), top + (frame?.clientTop ?? 0)];
    return [...(view.CSS.highlights.get(`sayso-${label}`) ?? [])]
      .flatMap((range) => [...range.getClientRects()])
      .map((box) => [box.left + right, box.top + down, box.right + right, box.bottom + down])
      .filter(([, top, , bottom]) => top >= 0 && bottom <= innerHeight);
  })
"""
# Links with a mark in them: the browser draws their own line anew, rounded otherwise.
LINKS = """
() => [...CSS.highlights.values()].flatMap((ranges) => [...ranges])
  .map((range) => range.startContainer.parentElement.closest("a"))
  .flatMap((link) => [...(link?.getClientRects() ?? [])])
  .map((box) => [box.left, box.top, box.right, box.bottom])
"""
CUT = 40
"""Pixels of a line."""
SHADE = {"paywall.html": 0.45}
"""The share of the light that the page's own wall takes."""


@pytest.mark.parametrize("name", PAGES)
def test_exactly_the_words_that_the_server_named_are_painted(
    extension: Extension, recorder: Recorder, visit: Visit, name: str
) -> None:
    page = visit(name)
    before = page.evaluate(DOM)
    state = extension.mark(page)
    named = words_of(recorder.named(recorder.thresholds()))
    assert any(named.values())
    assert painted(page) == named
    assert_places(page.evaluate(PAINTED), recorder.spans(recorder.thresholds()))
    assert page.evaluate(DOM) == before
    assert sum(map(len, named.values())) == sum(
        len("".join(page_words(one["words"]))) for one in state["findings"]
    )


def assert_places(ranges: list[dict[str, str]], spans: list[Span]) -> None:
    """Each range stands where its words stand in the text that was sent: the same before and after.

    Words that occur more than once are distinguished by their neighbours.
    """
    for label in LABELS:
        left = [one for one in spans if one.label == label]
        done = ""  # of the first span that is left
        for one in (one for one in ranges if one["label"] == label):
            span, words = left[0], squeezed(one["words"])
            before, rest = squeezed(span.before) + done, squeezed(span.words)[len(done) :]
            assert rest.startswith(words)
            assert before.endswith(squeezed(one["before"])[-BESIDE:])
            after = rest[len(words) :] + squeezed(span.after)
            assert after.startswith(squeezed(one["after"])[:BESIDE])
            done += words
            if rest == words:
                left.pop(0)
                done = ""
        assert left == []


def page_words(words: str) -> list[str]:
    """Of a finding: its spans are joined by dots."""
    return words.replace(" … ", " ").split()


def test_of_a_page_with_long_comments_the_article_is_sent(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    extension.mark(visit("comments.html"))
    [asked] = recorder.scored()
    assert 5_000 < len(asked.body["text"]) < 8_000
    assert "Reader" not in asked.body["text"]


def test_nothing_happens_before_the_click(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    extension.worker.evaluate(COUNT_FETCHES)
    page = visit("news.html")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload(wait_until="networkidle")
    tab = extension.tab_of(page)
    page.mouse.wheel(0, 400)
    page.get_by_text("The board has").click()
    page.wait_for_timeout(1500)
    assert extension.state(tab) is None
    assert extension.worker.evaluate("self.fetched") == []
    assert recorder.asked == []
    assert not any(painted_names(page))
    assert all(url.startswith(page.url.rpartition("/")[0]) for url in requests)

    extension.mark(page)
    paths = ["/v1/info", "/v1/score/stream"]
    assert extension.worker.evaluate("self.fetched") == [recorder.url + path for path in paths]
    assert [one.path for one in recorder.asked] == paths


def painted_names(page: Page) -> list[str]:
    names: list[str] = page.evaluate("[...CSS.highlights.keys()]")
    return names


def test_only_the_worker_sends_requests_with_only_the_text(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("news.html")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    extension.mark(page)
    assert requests == []
    [_, asked] = recorder.asked
    assert asked.headers["origin"] == f"chrome-extension://{extension.id}"
    assert not {"cookie", "referer", "authorization"} & asked.headers.keys()
    assert set(asked.body) == {"text", "offset_unit", "labels", "thresholds", "include_text"}
    assert asked.body["offset_unit"] == "utf16"
    assert page.url not in str(asked)
    assert "cookies may help" not in asked.body["text"]  # a bar that is fixed over the page


def test_a_page_that_is_opened_again_is_not_sent_again(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    first = visit("news.html")
    extension.mark(first)
    expected = painted(first)
    asked = len(recorder.asked)
    second = visit("news.html")
    assert extension.mark(second)["isCached"]
    assert painted(second) == expected
    assert len(recorder.asked) == asked

    extension.forget()
    third = visit("news.html")
    assert not extension.mark(third)["isCached"]
    assert len(recorder.asked) == asked + 1


def test_a_second_click_sends_nothing(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    extension.mark(page)
    asked, expected = len(recorder.asked), painted(page)
    extension.mark(page)
    assert len(recorder.asked) == asked
    assert painted(page) == expected


def test_marks_are_removed_without_a_trace(extension: Extension, visit: Visit) -> None:
    page = visit("frames.html")
    before = page.evaluate(DOM)
    shot = page.screenshot()
    extension.mark(page)
    assert page.screenshot() != shot
    extension.send(extension.tab_of(page), {"type": "clear"})
    page.wait_for_timeout(100)
    assert painted(page) == dict.fromkeys(LABELS, "")
    assert page.evaluate(DOM) == before
    assert page.evaluate("document.adoptedStyleSheets.length") == 0
    assert page.screenshot() == shot


@pytest.mark.parametrize(
    ("name", "scheme"), [*((name, "light") for name in PAGES), ("app.html", "dark")]
)
def test_pixels_change_where_marks_are_and_nowhere_else(
    extension: Extension, visit: Visit, name: str, scheme: str
) -> None:
    page = visit(name)
    # Chromium draws marks a letter late after a character that is cut in two by the page's nodes.
    page.evaluate("document.getElementById('split')?.remove()")
    page.set_viewport_size({"width": 1280, "height": 1800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    before = picture(page)
    extension.mark(page)
    after = picture(page)
    different = ImageChops.difference(before, after).convert("L").point(lambda value: value and 255)
    looks = page.evaluate("async () => (await import('/web/shared/labels.js')).LABEL_INFO")
    light = 1 - SHADE.get(name, 0)
    grounds = {label: shaded(looks[label][scheme]["background"], light) for label in LABELS}
    places = {label: page.evaluate(RECTANGLES, label) for label in LABELS}
    assert sum(map(len, places.values())) > 2
    for label, boxes in places.items():
        own = []
        for left, top, right, bottom in boxes:
            place = (int(left) - 1, int(top) - 1, int(right) + 3, int(bottom) + 8)
            shares = {one: share(after.crop(place), grounds[one]) for one in LABELS}
            assert max(shares.values()) > 0.2  # where marks lie on each other one is seen
            own.append(shares[label])
            different.paste(0, place)
        assert not own or max(own) > 0.3
    for left, top, right, bottom in page.evaluate(LINKS):
        different.paste(0, (int(left) - 1, int(top), int(right) + 2, int(bottom) + 4))
    # What is cut off at the window's lower edge stands in no rectangle above.
    assert different.crop((0, 0, 1280, 1800 - CUT)).getbbox() is None


def picture(page: Page) -> Image.Image:
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def shaded(colour: str, light: float) -> tuple[int, ...]:
    return tuple(round(light * int(part, 16)) for part in re.findall("[0-9a-f]{2}", colour))


def share(image: Image.Image, colour: tuple[int, ...]) -> float:
    """Of the pixels that have a colour, within what rounding does."""
    counts = cast("list[tuple[int, Any]]", image.getcolors(image.width * image.height))
    near = (
        count
        for count, found in counts
        if all(abs(one - other) <= 1 for one, other in zip(found, colour, strict=True))
    )
    return sum(near) / (image.width * image.height)


def test_the_click_opens_the_side_panel_with_the_findings(
    extension: Extension, visit: Visit
) -> None:
    page = visit("app.html")
    state = extension.mark(page)
    listed = "[...document.querySelectorAll('#findings button span:first-child')]"
    until = time.monotonic() + 10
    while time.monotonic() < until:
        words = extension.in_side_panel(f"{listed}.map((one) => one.textContent)")
        if words:
            break
        page.wait_for_timeout(100)
    assert words == [one["words"] for one in state["findings"]]
