"""A text that is pasted, dropped, or opened from a file, as text or HTML."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PAGES
from tests.browser.sayso_page import SaysoPage

HTML = """<!doctype html><html><head><title>Never</title><script>window.ran = 1</script></head>
<body onload="window.ran = 1"><nav><a href="/">Home</a></nav>
<img src="https://elsewhere.test/x.png" onerror="window.ran = 1">
<main><article><h1>Harbour   to close</h1>
<p>Officials said it <b>may</b> close.<br>Nobody asked.</p>
<ul><li>One pier</li><li>Two cranes</li></ul><form><p>Subscribe, perhaps</p></form>
<p hidden>Hidden rumours.</p><aside>Related</aside></article></main><footer>Imprint</footer>"""
LINES = [
    "Harbour to close",
    "Officials said it may close.",
    "Nobody asked.",
    "One pier",
    "Two cranes",
]

# Dispatches the event of a paste or a drop.
_DISPATCH = """
([kind, target, data, file]) => {
  const transfer = new DataTransfer();
  for (const [type, value] of Object.entries(data)) transfer.setData(type, value);
  if (file) {
    const { bytes, name, type } = file;
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
  }
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector(target).dispatchEvent(event);
  return event.defaultPrevented;
}
"""


def paste(page: SaysoPage, **data: str) -> bool:
    named = {f"text/{kind}": value for kind, value in data.items()}
    page.tab.locator("#text").focus()
    handled: bool = page.tab.evaluate(_DISPATCH, ["paste", "#text", named, None])
    return handled


def drop(
    page: SaysoPage, name: str, content: bytes, kind: str = "", target: str = "#drop-target"
) -> None:
    file = {"name": name, "bytes": list(content), "type": kind}
    page.tab.evaluate(_DISPATCH, ["drop", target, {}, file])


def text_of(page: SaysoPage) -> str:
    return page.tab.locator("#text").input_value()


def test_pasted_html_becomes_its_article(page: SaysoPage) -> None:
    page.may_block = True
    assert paste(page, html=HTML, plain="all of it")
    assert text_of(page).split("\n\n") == LINES
    assert page.tab.evaluate("() => window.ran") is None
    page.tab.keyboard.press("Control+z")
    assert text_of(page) == ""


@pytest.mark.parametrize("html", ["", "<b>bold</b> words", "<meta charset='utf-8'>one line"])
def test_pasted_words_are_left_to_the_browser(page: SaysoPage, html: str) -> None:
    assert not paste(page, html=html, plain="words")


def test_of_a_pasted_selection_nothing_is_left_out(page: SaysoPage) -> None:
    paste(page, html=f"<h2>Dam</h2><div><p>{'It may fail. ' * 9}</p></div><p>It holds.</p>")
    assert text_of(page).startswith("Dam\n\nIt may")
    assert text_of(page).endswith("\n\nIt holds.")


def test_html_may_also_be_pasted_as_source(page: SaysoPage) -> None:
    page.may_block = True
    page.read(HTML)
    expect(page.tab.locator("#article h2")).to_have_text(LINES[0])
    assert page.tab.locator("#article p").all_inner_texts() == LINES[1:]
    assert page.tab.evaluate("() => window.ran") is None


@pytest.mark.parametrize(
    ("name", "content", "kind", "expected"),
    [
        ("a.txt", "Mañana, they said.".encode(), "text/plain", "Mañana, they said."),
        ("a.txt", "Mañana, they said.".encode("cp1252"), "text/plain", "Mañana, they said."),
        ("a.txt", "\ufeffIt may be 🌊.".encode("utf-16-le"), "text/plain", "It may be 🌊."),
        ("a.txt", b"\xef\xbb\xbfIt may be.", "text/plain", "It may be."),
        ("a.html", HTML.encode(), "text/html", "\n\n".join(LINES)),
        ("unnamed", HTML.encode(), "", "\n\n".join(LINES)),
    ],
    ids=["utf-8", "windows-1252", "utf-16", "byte order mark", "html", "html without its name"],
)
def test_a_dropped_file_is_read(
    page: SaysoPage, name: str, content: bytes, kind: str, expected: str
) -> None:
    page.may_block = content == HTML.encode()
    drop(page, name, content, kind)
    expect(page.tab.locator("#text")).to_have_value(expected)
    expect(page.tab.locator("#text-info")).to_contain_text(f"{name}: ")
    expect(page.tab.locator("#mark")).to_be_focused()
    assert not any("score" in one.url for one in page.requests)


def test_a_file_may_be_dropped_anywhere_and_at_any_time(page: SaysoPage) -> None:
    page.read()
    drop(page, "next.txt", b"The next one may be short.", target="#article")
    expect(page.tab.locator("#text")).to_have_value("The next one may be short.")
    page.tab.locator("#mark").click()
    page.wait()
    assert page.painted() == {"hedging": ["may"]}


def test_dragged_words_can_be_dropped(page: SaysoPage) -> None:
    page.tab.evaluate(_DISPATCH, ["drop", "#drop-target", {"text/plain": "It may be."}, None])
    assert text_of(page) == "It may be."


def test_a_file_can_be_chosen(page: SaysoPage) -> None:
    page.may_block = True
    with page.tab.expect_file_chooser() as chosen:
        page.tab.get_by_role("button", name="Open a file…").click()
    chosen.value.set_files(PAGES / "news.html")
    expect(page.tab.locator("#text")).to_have_value(re.compile("^Reservoir level falls to a ten-"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"%PDF-1.7\x00\x01\x02", "a.pdf is not a text file"),
        ("a.txt", b"x" * 10_000_001, "a.txt is too large"),
    ],
)
def test_a_file_that_is_not_text_is_an_error(
    page: SaysoPage, name: str, content: bytes, message: str
) -> None:
    if len(content) > 1_000:
        page.tab.evaluate(
            """() => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([new Uint8Array(10_000_001)], "a.txt"));
              dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
            }"""
        )
    else:
        drop(page, name, content)
    expect(page.tab.get_by_role("alert")).to_contain_text(message)


def test_without_a_text_nothing_is_sent(page: SaysoPage) -> None:
    page.tab.locator("#text").fill("  \n ")
    page.tab.locator("#mark").click()
    expect(page.tab.get_by_role("alert")).to_contain_text("There is no text yet")
    assert not any("score" in one.url for one in page.requests)


@pytest.mark.parametrize(
    ("text", "headline", "paragraphs"),
    [
        ("A headline\n\nThe text. It goes on.", "A headline", ["The text. It goes on."]),
        ("A sentence.\nAnother.", None, ["A sentence.", "Another."]),
        ("Only one line", None, ["Only one line"]),
        ("One\r\n\r\nTwo.\r\n", "One", ["Two."]),
        (
            "Lines of a mail that are broken hard after some words\nare one paragraph.\n\n"
            "And another.",
            None,
            [
                "Lines of a mail that are broken hard after some words are one paragraph.",
                "And another.",
            ],
        ),
    ],
)
def test_a_text_is_shown_in_paragraphs(
    page: SaysoPage, text: str, headline: str | None, paragraphs: list[str]
) -> None:
    page.read(text)
    assert page.tab.locator("#article h2").all_inner_texts() == ([headline] if headline else [])
    assert page.tab.locator("#article p").all_inner_texts() == paragraphs


def test_right_to_left_paragraphs_run_right_to_left(page: SaysoPage) -> None:
    page.read("قال مسؤولون إن السد قد ينهار.\n\nOfficials said the dam could fail.")
    directions = page.tab.locator("#article p").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).direction)"
    )
    assert directions == ["rtl", "ltr"]
