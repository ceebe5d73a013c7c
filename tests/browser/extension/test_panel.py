"""The side panel: its contents, its keys, its accessibility."""

import re
from collections.abc import Iterator
from threading import Event

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.extension.extension_driver import DOM, Extension, Visit
from tests.browser.extension.recording_proxy import Recorder

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


CARET = "getSelection().anchorNode.data.slice(getSelection().anchorOffset)"


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


@pytest.fixture
def news(extension: Extension, visit: Visit) -> Page:
    return visit("news.html")


@pytest.fixture
def panel(extension: Extension, news: Page) -> Iterator[Page]:
    """The panel of a page that is not marked yet, as a page of its own."""
    with extension.page(f"panel.html?tab={extension.tab_of(news)}") as page:
        page.set_viewport_size({"width": 380, "height": 800})
        yield page


def focused(page: Page) -> str:
    words: str = page.evaluate("[...(CSS.highlights.get('sayso-focus') ?? [])].join(' ')")
    return words


def test_before_and_after(extension: Extension, news: Page, panel: Page) -> None:
    expect(panel.get_by_role("status")).to_have_text(
        "Nothing is read or sent before you ask for it."
    )
    expect(panel.get_by_role("heading", name="Summary")).to_be_hidden()
    state = extension.mark(news)
    expect(panel.get_by_role("status")).to_have_text(f"{len(state['findings'])} findings.")
    items = panel.locator("#findings > li")
    expect(items).to_have_count(len(state["findings"]))
    figures = panel.locator("#figures")
    expect(figures).to_contain_text(f"{state['summary']['sentences']} sentences")
    expect(panel.get_by_text(state["model"])).to_be_visible()
    expect(panel.get_by_role("img", name="Hedging: marks at")).to_be_visible()

    panel.get_by_role("button", name="Remove the marks").click()
    expect(items).to_have_count(0)
    assert news.evaluate("CSS.highlights.size") == 0


def test_the_button_of_the_panel_marks_too(
    extension: Extension, recorder: Recorder, news: Page, panel: Page
) -> None:
    extension.mark(news)
    panel.get_by_role("button", name="Remove the marks").click()
    asked = len(recorder.asked)
    panel.get_by_role("button", name="Mark this page").click()
    expect(panel.locator("#findings > li").first).to_be_visible()
    expect(panel.get_by_text("Cached: nothing was sent.")).to_be_visible()
    assert len(recorder.asked) == asked


def test_a_finding_leads_to_its_words(extension: Extension, news: Page, panel: Page) -> None:
    news.set_viewport_size({"width": 1280, "height": 300})
    state = extension.mark(news)
    last = state["findings"][-1]
    expect(panel.locator("#findings > li")).to_have_count(len(state["findings"]))
    before, dom = news.evaluate("scrollY"), news.evaluate(DOM)
    panel.locator("#findings button").last.click()
    details = panel.locator(".details:visible")
    expect(details).to_contain_text(last["context"])
    news.wait_for_function("(before) => scrollY > before", arg=before)
    assert focused(news) == last["words"]
    assert news.evaluate(CARET).startswith(last["words"].split(" … ")[0])
    assert news.evaluate("getSelection().isCollapsed")
    assert news.evaluate(DOM) == dom

    panel.locator("#findings button").last.click()
    expect(details).to_have_count(0)
    news.wait_for_function("(CSS.highlights.get('sayso-focus')?.size ?? 0) === 0")


def test_arrow_keys_go_from_finding_to_finding(
    extension: Extension, news: Page, panel: Page
) -> None:
    findings = extension.mark(news)["findings"]
    panel.bring_to_front()
    buttons = panel.locator("#findings button")
    expect(buttons).to_have_count(len(findings))
    buttons.first.focus()
    panel.keyboard.press("Enter")
    assert focused(news) == findings[0]["words"].replace(" … ", " ")
    panel.keyboard.press("ArrowDown")
    expect(buttons.nth(1)).to_be_focused()
    expect(buttons.nth(1)).to_have_attribute("aria-expanded", "true")
    expect(buttons.first).to_have_attribute("aria-expanded", "false")
    panel.keyboard.press("End")
    expect(buttons.last).to_be_focused()
    panel.keyboard.press("ArrowUp")
    expect(buttons.nth(len(findings) - 2)).to_be_focused()


def test_a_click_on_a_mark_shows_it_in_the_panel(
    extension: Extension, news: Page, panel: Page
) -> None:
    extension.mark(news)
    expect(panel.get_by_role("button", name="disastrous")).to_be_visible()
    news.get_by_text("disastrous leak").scroll_into_view_if_needed()
    where = """
        const [range] = CSS.highlights.get('sayso-loaded_framing');
        const {left, top, width, height} = range.getBoundingClientRect();
        [left + width / 2, top + height / 2]
    """
    x, y = news.evaluate(where)
    news.mouse.click(x, y)
    expect(panel.locator("button[aria-expanded='true']")).to_contain_text("disastrous")


def test_a_click_on_a_mark_in_a_frame_shows_it_too(extension: Extension, visit: Visit) -> None:
    page = visit("frames.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    with extension.page(f"panel.html?tab={tab}") as panel:
        expect(panel.locator("#notes")).to_contain_text("Left out: a frame from another site.")
        expect(panel.locator("#findings > li").first).to_be_visible()
        page.bring_to_front()
        frame = page.frame_locator("iframe").first
        box = frame.locator("body").evaluate(
            """() => {
              const [range] = CSS.highlights.get("sayso-unverified_attribution");
              const { left, top, width, height } = range.getBoundingClientRect();
              return [left + width / 2, top + height / 2, range.toString()];
            }"""
        )
        frame.locator("html").click(position={"x": box[0], "y": box[1]})
        expect(panel.locator("button[aria-expanded='true']")).to_contain_text(box[2])


def test_the_panel_names_the_section_of_a_long_page_being_read(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    recorder.change_info = lambda info: info["limits"].update(text_characters=4_000)
    go_on = Event()

    def hold(path: str, _body: object) -> None:
        if path == "/v1/score/stream":
            go_on.wait(60)

    recorder.misbehave = hold
    page = visit("long-read.html?words=2000")
    tab = extension.tab_of(page)
    with extension.page(f"panel.html?tab={tab}") as panel:
        extension.click(page)
        status = panel.get_by_role("status")
        expect(status).to_have_text(re.compile(r"Reading part 1 of [2-9]…"))
        go_on.set()
        extension.wait(tab)
        expect(status).to_contain_text("findings.")


def test_the_panel_follows_the_active_tab(extension: Extension, news: Page, visit: Visit) -> None:
    extension.mark(news)
    expression = "document.querySelectorAll('#findings li').length"
    news.wait_for_timeout(500)
    assert extension.in_side_panel(expression)
    other = visit("paywall.html")
    other.bring_to_front()
    other.wait_for_timeout(500)
    assert extension.in_side_panel(expression) == 0
    news.bring_to_front()
    news.wait_for_timeout(500)
    assert extension.in_side_panel(expression)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["start", "findings", "error"])
def test_axe_finds_nothing(
    extension: Extension, news: Page, panel: Page, state: str, scheme: str
) -> None:
    panel.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if state == "error":
        extension.choose()
        extension.click(news)
        expect(panel.get_by_role("alert")).to_be_visible()
    elif state == "findings":
        extension.mark(news)
        panel.locator("#findings button").nth(1).click()
    assert violations(panel) == []


def test_nothing_is_cut_off_in_a_narrow_panel(
    extension: Extension, news: Page, panel: Page
) -> None:
    panel.set_viewport_size({"width": 280, "height": 500})
    extension.mark(news)
    panel.locator("#findings button").first.click()
    assert panel.evaluate("document.documentElement.scrollWidth") <= 280
