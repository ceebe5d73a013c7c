"""The page for everyone: keyboard, screen readers, dark mode, less motion, small windows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from serving.load.server import Server
from tests.browser.chromium import OpenChromium
from tests.browser.sayso_page import SaysoPage

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STATES = ["start", "key", "error", "report", "card"]


def bring_to(page: SaysoPage, state: str) -> None:
    if state == "key":
        page.tab.get_by_text("Key", exact=True).first.click()
    elif state == "error":
        page.tab.locator("#mark").click()
    elif state in ("report", "card"):
        page.read()
    if state == "card":
        page.tab.locator("#findings button").first.click()


def violations(tab: Page) -> list[str]:
    found = Axe().run(tab, options=RULES).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page: SaysoPage, state: str, width: int, scheme: str) -> None:
    page.tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.tab.set_viewport_size({"width": width, "height": 800})
    bring_to(page, state)
    assert violations(page.tab) == []


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off_at_320_pixels(page: SaysoPage, state: str) -> None:
    """As of a window of 1,280 pixels at a zoom of 400 %."""
    page.tab.set_viewport_size({"width": 320, "height": 256})
    bring_to(page, state)
    assert page.tab.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_everything_works_with_the_keyboard(page: SaysoPage) -> None:
    press = page.tab.keyboard.press
    press("Tab")
    expect(page.tab.get_by_role("link", name="Skip to the text field")).to_be_focused()
    press("Enter")
    expect(page.tab.locator("#text")).to_be_focused()
    page.tab.keyboard.insert_text("Officials said it could fail. It may be.")
    press("Control+Enter")
    page.wait()
    expect(page.tab.locator("#article")).to_be_focused()
    press("Tab")
    buttons = page.tab.locator("#findings button")
    expect(buttons.first).to_be_focused()
    press("ArrowDown")
    expect(buttons.nth(1)).to_be_focused()
    press("End")
    expect(buttons.last).to_be_focused()
    press("Home")
    press("Enter")
    card = page.tab.get_by_role("dialog")
    expect(card).to_be_focused()
    assert page.painted()["focus"] == ["Officials said"]
    press("Escape")
    expect(card).to_be_hidden()
    expect(buttons.first).to_be_focused()
    assert "focus" not in page.painted()


def test_the_card_stays_beside_its_words_and_in_the_window(page: SaysoPage) -> None:
    for width in (1280, 390):
        page.tab.set_viewport_size({"width": width, "height": 700})
        if width == 1280:
            page.read()
        for button in page.tab.locator("#findings button").all():
            button.click()
            box = page.tab.get_by_role("dialog").bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            words = page.tab.evaluate(
                """() => {
                  const [range] = CSS.highlights.get("sayso-focus");
                  return range.getBoundingClientRect().toJSON();
                }"""
            )
            gap = max(box["y"] - words["bottom"], words["top"] - box["y"] - box["height"])
            assert 0 <= gap <= 60
            page.tab.keyboard.press("Escape")


def test_marks_change_with_the_scheme(page: SaysoPage) -> None:
    page.read()
    look = """() => getComputedStyle(document.querySelector("#article p"),
      "::highlight(sayso-hedging)").backgroundColor"""
    assert page.tab.evaluate(look) == "rgb(220, 235, 250)"
    page.tab.emulate_media(color_scheme="dark")
    page.tab.wait_for_function(f"() => ({look})() === 'rgb(18, 57, 92)'")
    paper = page.tab.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(23, 21, 18)"


def test_nothing_moves_with_reduced_motion(page: SaysoPage) -> None:
    behaviour = "() => getComputedStyle(document.documentElement).scrollBehavior"
    assert page.tab.evaluate(behaviour) == "smooth"
    page.tab.emulate_media(reduced_motion="reduce")
    assert page.tab.evaluate(behaviour) == "auto"
    moving = page.tab.evaluate(
        """() => [...document.querySelectorAll("*")].filter((one) => {
          const { transitionDuration, animationName } = getComputedStyle(one);
          return transitionDuration !== "0s" || animationName !== "none";
        }).length"""
    )
    assert moving == 0


def test_forced_colours_keep_the_marks(page: SaysoPage) -> None:
    page.tab.emulate_media(forced_colors="active")
    page.read()
    look = page.tab.evaluate(
        """() => getComputedStyle(document.querySelector("#article p"),
          "::highlight(sayso-loaded_framing)").textDecorationStyle"""
    )
    assert look == "wavy"


def test_each_label_has_a_line_and_contrast_of_its_own(page: SaysoPage) -> None:
    looks = page.tab.evaluate(
        """async () => {
          const { LABEL_INFO } = await import("/static/web/shared/labels.js");
          return LABEL_INFO;
        }"""
    )
    assert len({look["line"] for look in looks.values()}) == 3
    for look in looks.values():
        for palette in (look["light"], look["dark"]):
            assert contrast(palette["text"], palette["background"]) >= 7
            assert contrast(palette["line"], palette["background"]) >= 3


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_without_highlights_the_list_is_complete(
    open_chromium: OpenChromium, live_server: Server
) -> None:
    with open_chromium() as context:
        tab = context.new_page()
        tab.add_init_script("delete window.Highlight; delete CSS.highlights;")
        page = SaysoPage(tab, live_server.url)
        page.read()
        expect(tab.locator("#warnings")).to_contain_text("cannot show the marks")
        assert len(page.listed()) > 2
        tab.locator("#findings button").first.click()
        expect(tab.get_by_role("dialog")).to_be_visible()
