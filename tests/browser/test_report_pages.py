"""The HTML pages of the command line, on a phone and on paper."""

import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, PdfMargins

from sayso.labels import LABEL_INFO
from tests.browser.chromium import OpenChromium
from tests.conftest import ROOT

HARBOUR = ROOT / "examples" / "harbour.txt"
LONG = "a-folder-of-drafts/for-the-weekend-edition/second-version"
ROWS = [
    ("Port Aldham Morning Courier and Mercury", "The bridge may stay shut, officials said."),
    ("Port Aldham Morning Courier and Mercury", "Critics say the shameful delay could go on."),
    ("The Wire", "The council met on Monday. It is believed that a vote was put off."),
    ("The Wire", "The catastrophic plan was reportedly dropped. The ferry still runs."),
    ("Northern Post", "The harbour opened in 1968. Traders are bracing for a brutal summer."),
    ("Northern Post", "Repairs are likely to cost more, according to people close to the talks."),
]
COMMANDS = {
    "score": ["score", "before.md", "--format", "html"],
    "compare": ["compare", "before.md", "after.md", "--format", "html"],
    "report": ["report", "rows.jsonl"],
}
WASHES = [bytes.fromhex(label.print.background[1:]) for label in LABEL_INFO.values()]
"""The backgrounds of the three labels on paper."""


@pytest.fixture(scope="module", params=COMMANDS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page that a command has written, in a folder with a long name."""
    folder = tmp_path_factory.mktemp("pages") / LONG
    folder.mkdir(parents=True)
    article = HARBOUR.read_text(encoding="utf-8")
    (folder / "before.md").write_text(article, encoding="utf-8")
    (folder / "after.md").write_text(article.replace("may", "will").replace("bruising ", ""))
    rows = [
        {"text": text, "outlet": outlet, "date": f"2024-{month:02}-11"}
        for month in range(1, 8)
        for outlet, text in ROWS
    ]
    (folder / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    *command, last = COMMANDS[request.param]
    paths = [str(folder / word) if word.endswith((".md", ".jsonl")) else word for word in command]
    if request.param == "report":
        last = str(folder / last)
    page = folder / "page.html"
    subprocess.run(
        [sys.executable, "-m", "sayso", *paths, last, "--output", str(page)], cwd=ROOT, check=True
    )
    return page.as_uri()


OpenOn = Callable[[BrowserContext], Page]


@pytest.fixture
def open_on(address: str) -> Iterator[OpenOn]:
    """Opens the page; it may request nothing else and log nothing to the console."""
    requested: list[str] = []
    logged: list[str] = []

    def open_it(context: BrowserContext) -> Page:
        tab = context.new_page()
        tab.on("request", lambda request: requested.append(request.url))
        tab.on("console", lambda message: logged.append(message.text))
        tab.goto(address)
        return tab

    yield open_it
    assert requested == [address]
    assert logged == []


SEEN = """() => {
  const width = document.documentElement.clientWidth;
  const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  const inside = (box) => box.left >= -0.5 && box.right <= width + 0.5;
  const all = [...document.querySelectorAll("body *")].filter(shown);
  const scrolls = (element) => element.closest(".wide") !== null;
  const texts = [...document.querySelectorAll("svg text")].filter(shown);
  const scale = (text) => text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize);
  return {
    width,
    page: document.documentElement.scrollWidth,
    outside: all.filter((one) => !scrolls(one) && !inside(one.getBoundingClientRect()))
      .map((one) => one.outerHTML.slice(0, 120)),
    cut: [...document.querySelectorAll(".wide")].filter(shown)
      .filter((one) => one.scrollWidth > one.clientWidth + 1).length,
    marks: [...document.querySelectorAll("mark")].filter(shown).length,
    plots: [...document.querySelectorAll("figure svg")].filter(shown).length,
    smallest: Math.min(...texts.map(scale), 100),
    overlapping: texts.filter((one) => texts.some((other) => {
      if (one === other || one.ownerSVGElement !== other.ownerSVGElement) return false;
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      return a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 3 && b.top < a.bottom - 3;
    })).map((one) => one.textContent),
  };
}"""


@pytest.mark.parametrize("width", [320, 375, 640])
def test_the_whole_page_can_be_read_on_a_phone(
    open_chromium: OpenChromium, open_on: OpenOn, address: str, width: int
) -> None:
    """Nothing overflows, is cut off or too small, and the page does not scroll sideways."""
    with open_chromium(
        viewport={"width": width, "height": 812}, is_mobile=True, has_touch=True
    ) as context:
        tab = open_on(context)
        seen = tab.evaluate(SEEN)
        assert seen["width"] == seen["page"] == width
        assert seen["outside"] == []
        assert seen["cut"] == 0
        assert seen["marks"] >= 3
        assert seen["smallest"] >= 10  # pixels
        assert seen["overlapping"] == []
        if "rows" in tab.title():
            assert seen["plots"] == 7  # a chart for each label, except over time
        else:
            assert tab.get_by_text("drowned out by boos").first.is_visible()


def test_a_path_is_broken_after_its_slashes(open_chromium: OpenChromium, open_on: OpenOn) -> None:
    with open_chromium(viewport={"width": 375, "height": 812}, is_mobile=True) as context:
        tab = open_on(context)
        lines = tab.evaluate("""() => {
          const range = document.createRange(), lines = [];
          const heading = document.querySelector("h1");
          const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
            for (let place = 0; place < node.length; place += 1) {
              range.setStart(node, place);
              range.setEnd(node, place + 1);
              const { top } = range.getBoundingClientRect();
              if (lines.at(-1)?.top !== top) lines.push({ top, text: "" });
              lines.at(-1).text += node.data[place];
            }
          }
          return lines.map((line) => line.text);
        }""")
        assert len(lines) > 1
        assert all(line.endswith(("/", " ", "-")) for line in lines[:-1]), lines


def test_panels_are_side_by_side_on_a_wide_screen(
    open_chromium: OpenChromium, open_on: OpenOn
) -> None:
    with open_chromium(viewport={"width": 1200, "height": 900}) as context:
        tab = open_on(context)
        seen = tab.evaluate(SEEN)
        assert seen["page"] == seen["width"]
        assert seen["outside"] == []
        assert seen["overlapping"] == []
        assert seen["plots"] == (3 if "rows" in tab.title() else 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_printed_in_colour_and_without_controls(
    open_chromium: OpenChromium, open_on: OpenOn, scheme: str
) -> None:
    with open_chromium(viewport={"width": 1200, "height": 900}, color_scheme=scheme) as context:
        tab = open_on(context)
        tab.emulate_media(media="print")
        controls = tab.locator("summary, button, input, .note")
        assert not any(one.is_visible() for one in controls.all())
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert tab.locator("figure svg:visible").count() == (3 if "rows" in tab.title() else 0)
        margins: PdfMargins = {"top": "1cm", "right": "1cm", "bottom": "1cm", "left": "1cm"}
        pdf = tab.pdf(format="A4", margin=margins)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 1 <= pages <= 4
    painted = colours(pdf)
    assert all(any(near(wash, colour) for colour in painted) for wash in WASHES)


def colours(pdf: bytes) -> list[tuple[float, ...]]:
    """All colours that something is filled with, from 0 to 255."""
    found: list[tuple[float, ...]] = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:  # an image or a font
            continue
        for fill in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg\b", content):
            found.append(tuple(255 * float(part) for part in fill))
    return found


def near(one: Iterable[float], other: Iterable[float]) -> bool:
    return all(abs(a - b) < 2 for a, b in zip(one, other, strict=True))
