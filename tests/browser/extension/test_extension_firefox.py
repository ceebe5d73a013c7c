"""The same in Firefox, where one is installed: options, click, marks, sidebar."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.browser.extension.firefox import CLICK, DONE_WITHIN, FIREFOX, GRANT, Marionette, firefox
from tests.browser.extension.installed import EXTENSION, LABELS, words_of
from tests.browser.extension.recorder import Recorder
from tests.browser.site import elsewhere

OLDEST = 142
"""As the manifest says."""

PAINTED = """LABELS.flatMap((label) => [...(CSS.highlights.get(`sayso-${label}`) ?? [])]
  .sort((one, other) => one.compareBoundaryPoints(Range.START_TO_START, other))
  .map((range) => [label, range.toString()]))""".replace("LABELS", str(list(LABELS)))


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
    browser.wait_for("document.querySelector('#tested .good')?.textContent")
    browser.ask("WebDriver:ElementClick", id=browser.element("button[type=submit]"))
    browser.wait_for("document.querySelector('#saved').textContent.includes('Saved.')")
    recorder.asked.clear()

    for name in ("news.html", "app.html", "emoji.html", "right-to-left.html"):
        browser.open(f"{elsewhere(site)}/{name}")
        before = browser.in_page("document.documentElement.outerHTML")
        assert recorder.asked == []
        browser.in_browser(CLICK, identity)
        wait_until_marked(browser, recorder)
        assert browser.in_page("document.documentElement.outerHTML") == before
        recorder.asked.clear()
    opened = "Services.wm.getMostRecentWindow('navigator:browser').SidebarController.isOpen"
    assert browser.in_browser(f"arguments[0]({opened})")


def wait_until_marked(browser: Marionette, recorder: Recorder) -> None:
    """Wait until exactly the words are painted that the server named."""
    thresholds = recorder.thresholds()
    until = time.monotonic() + DONE_WITHIN
    while time.monotonic() < until:
        named = words_of(recorder.named(thresholds))
        painted = words_of(browser.in_page(PAINTED))
        if any(named.values()) and painted == named:
            return
        time.sleep(0.1)
    assert painted == named
