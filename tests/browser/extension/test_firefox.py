"""The extension in Firefox, if it is installed: options, click, marks, sidebar."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.browser.extension.extension_driver import DOM, EXTENSION, PAINTED, words_of
from tests.browser.extension.marionette import (
    CLICK,
    DONE_WITHIN,
    FIREFOX,
    GRANT,
    TAB,
    Marionette,
    firefox,
)
from tests.browser.extension.recording_proxy import Recorder
from tests.browser.extension.test_marks import PAGES, assert_places
from tests.browser.fixture_site import elsewhere

OLDEST = 142
"""As the manifest says."""

PAGES_OF_ALL_KINDS = [name for name in PAGES if name != "long-read.html"] + [
    "long-read.html?words=2000"
]
LOOK = """
getComputedStyle(document.querySelector('article p'), '::highlight(sayso-hedging)').backgroundColor
"""
NO_COLOUR = "rgba(0, 0, 0, 0)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Marionette]:
    if not FIREFOX:
        pytest.skip("no Firefox is installed")
    version = subprocess.run([FIREFOX, "--version"], capture_output=True, text=True).stdout
    if int(next(iter(re.findall(r"\d+", version)), 0)) < OLDEST:
        pytest.skip(f"the installed Firefox is older than {OLDEST}")
    with firefox() as running:
        yield running


def test_from_the_options_to_the_marks(browser: Marionette, recorder: Recorder, site: str) -> None:
    npm = shutil.which("npm")
    assert npm
    subprocess.run([npm, "run", "build"], cwd=EXTENSION, check=True, capture_output=True)
    folder = str(EXTENSION / "dist" / "firefox")
    identity = browser.ask("Addon:Install", path=folder, temporary=True)
    # What people answer when the browser asks.
    browser.in_browser(GRANT, identity, "http://127.0.0.1/*")
    host = browser.in_browser(
        "arguments[1](WebExtensionPolicy.getByID(arguments[0]).mozExtensionHostname)", identity
    )
    browser.open(f"moz-extension://{host}/options.html")
    browser.wait_for("!document.querySelector('main').hidden")
    browser.ask("WebDriver:ElementSendKeys", id=browser.element("#server"), text=recorder.url)
    browser.ask("WebDriver:ElementClick", id=browser.element("#test"))
    browser.wait_for("document.querySelector('#test-status .success')?.textContent")
    browser.ask("WebDriver:ElementClick", id=browser.element("button[type=submit]"))
    browser.wait_for("document.querySelector('#save-status').textContent.includes('Saved.')")
    recorder.asked.clear()

    for name in PAGES_OF_ALL_KINDS:
        browser.open(f"{elsewhere(site)}/{name}")
        before = browser.in_page(f"({DOM})()")
        assert recorder.asked == []
        assert browser.in_page(LOOK) == NO_COLOUR
        browser.in_browser(CLICK, identity)
        wait_until_marked(browser, recorder)
        assert_places(browser.in_page(f"({PAINTED})()"), recorder.spans(recorder.thresholds()))
        assert browser.in_page(LOOK) != NO_COLOUR
        assert browser.in_page(f"({DOM})()") == before
        recorder.asked.clear()
    opened = "Services.wm.getMostRecentWindow('navigator:browser').SidebarController.isOpen"
    assert browser.in_browser(f"arguments[0]({opened})")
    assert_panel_shows_and_clears(browser, identity, host)
    assert browser.in_page(f"({DOM})()") == before


def assert_panel_shows_and_clears(browser: Marionette, identity: str, host: str) -> None:
    """The panel as a page of its own: scripts cannot reach into the sidebar."""
    shown = len(browser.in_page(f"({PAINTED})()"))
    page = browser.ask("WebDriver:GetWindowHandle")
    tab = browser.in_browser(TAB, identity)
    browser.ask("WebDriver:SwitchToWindow", handle=browser.new_tab())
    browser.open(f"moz-extension://{host}/panel.html?tab={tab}")
    listed = browser.wait_for("document.querySelectorAll('#findings > li').length")
    status = browser.in_page("document.querySelector('#status').textContent")
    assert status == f"{listed} findings."
    assert 20 < listed <= shown  # a finding may stand in several places
    assert "sentences" in browser.in_page("document.querySelector('#figures').textContent")
    browser.ask("WebDriver:ElementClick", id=browser.element("#clear"))
    browser.wait_for("document.querySelector('#clear').hidden")
    browser.ask("WebDriver:SwitchToWindow", handle=page)
    assert browser.in_page(f"({PAINTED})()") == []
    assert browser.in_page(LOOK) == NO_COLOUR
    assert browser.in_page("document.adoptedStyleSheets.length") == 0


def wait_until_marked(browser: Marionette, recorder: Recorder) -> None:
    """Wait until the server has said all, and exactly the words are painted that it named."""
    thresholds = recorder.thresholds()
    until = time.monotonic() + DONE_WITHIN
    while time.monotonic() < until:
        is_over = any("report" in line for one in recorder.scored() for line in one.lines)
        named = words_of(recorder.named(thresholds))
        found = browser.in_page(f"({PAINTED})()")
        painted = words_of((one["label"], one["words"]) for one in found)
        if is_over and any(named.values()) and painted == named:
            return
        time.sleep(0.1)
    assert painted == named
