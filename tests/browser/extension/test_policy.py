"""An organisation's settings, by a real policy of the browser: a file that only root may write."""

import json
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.chromium import CHROMIUM
from tests.browser.extension.extension_driver import (
    DONE_WITHIN,
    SERVERS,
    Extension,
    build,
    painted,
    running,
)
from tests.browser.extension.recording_proxy import Recorder
from tests.browser.fixture_site import elsewhere

FOLDERS = {
    "chromium": "/etc/chromium/policies/managed",
    "chromium-browser": "/etc/chromium-browser/policies/managed",
    "google-chrome": "/etc/opt/chrome/policies/managed",
}


def id_of(folder: Path) -> str:
    """The id that Chromium gives to an unpacked extension in a folder."""
    digest = sha256(str(folder).encode()).hexdigest()[:32]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def wait_for_policy(extension: Extension) -> None:
    """The browser hands policies to extensions a moment after it has started."""
    until = time.monotonic() + DONE_WITHIN
    while time.monotonic() < until:
        if extension.worker.evaluate("chrome.storage.managed.get().catch(() => ({}))"):
            return
        time.sleep(0.1)
    raise AssertionError("no policy in time")


@pytest.fixture
def managed(playwright: Playwright, recorder: Recorder, tmp_path: Path) -> Iterator[Extension]:
    """The extension where a policy sets and locks its server, and sets that pages are followed."""
    folder = build(tmp_path / "extension", SERVERS)
    names = ["server", "key"]
    own = {"server": recorder.url, "key": "organisation", "follow": True, "locked": names}
    policy = {"3rdparty": {"extensions": {id_of(folder): own}}}
    policies = Path(FOLDERS[Path(CHROMIUM).name])
    missing = [one for one in (policies, *policies.parents) if not one.exists()]
    file = policies / f"sayso-test-{id_of(folder)}.json"
    try:
        policies.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(policy), encoding="utf-8")
    except OSError as error:
        pytest.skip(f"no policy can be written: {error}")
    try:
        with running(playwright, folder) as extension:
            assert extension.id == id_of(folder)
            wait_for_policy(extension)
            yield extension
    finally:
        file.unlink()
        for one in missing:
            one.rmdir()


def test_the_settings_of_a_policy_apply(managed: Extension, recorder: Recorder, site: str) -> None:
    with managed.page("options.html") as options:
        expect(options.get_by_text("Your organisation has set some of these")).to_be_visible()
        address, key = options.get_by_label("Address"), options.get_by_label("Key")
        expect(address).to_have_value(recorder.url)
        expect(address).to_be_disabled()
        expect(key).to_be_disabled()
        expect(key).to_have_value("")
        follow = options.get_by_label("Also send new text")
        expect(follow).to_be_checked()  # set, not locked
        follow.uncheck()
        options.get_by_role("button", name="Save").click()
        expect(options.locator("#save-status")).to_have_text("Saved.")
    assert managed.worker.evaluate("chrome.storage.local.get('settings')") == {
        "settings": {"follow": False}
    }
    page = managed.context.new_page()
    page.goto(f"{elsewhere(site)}/app.html")
    managed.mark(page)
    assert painted(page)["hedging"]
    assert recorder.asked[-1].headers["authorization"] == "Bearer organisation"
