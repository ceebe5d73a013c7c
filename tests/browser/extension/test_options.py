"""The options page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sayso.labels import LABELS
from serving.load.server import Server, free_port
from tests.browser.chromium import KEY
from tests.browser.extension.extension_driver import Extension, Visit, painted
from tests.browser.extension.recording_proxy import Recorder
from tests.browser.extension.test_panel import violations


@pytest.fixture
def options(extension: Extension) -> Iterator[Page]:
    with extension.page("options.html") as page:
        yield page


def saved(extension: Extension) -> dict[str, Any]:
    stored: dict[str, Any] = extension.worker.evaluate("chrome.storage.local.get('settings')")
    return stored["settings"]  # type: ignore[no-any-return]


def save(options: Page) -> None:
    options.get_by_role("button", name="Save").click()
    expect(options.locator("#save-status")).to_have_text("Saved.")


def test_the_connection_is_tested(extension: Extension, recorder: Recorder, options: Page) -> None:
    options.get_by_role("button", name="Test the connection").click()
    status = options.locator("#test-status")
    expect(status).to_contain_text("The server answers. Its model is base-")
    expect(status).to_contain_text("It needs no key.")
    assert [one.path for one in recorder.asked] == ["/v1/info", "/v1/score/stream"]
    assert recorder.asked[1].body["text"] == "It may rain tomorrow."


def test_a_failed_test_shows_the_error(
    extension: Extension, locked_server: Server, options: Page
) -> None:
    address, key = options.get_by_label("Address"), options.get_by_label("Key")
    button, status = options.get_by_role("button", name="Test"), options.locator("#test-status")
    address.fill("sayso example")
    button.click()
    expect(status).to_contain_text("This is not a web address.")
    address.fill(f"127.0.0.1:{free_port()}")
    button.click()
    expect(status).to_contain_text("The server does not answer.")
    address.fill(locked_server.url)
    button.click()
    expect(status).to_contain_text("The server asks for a key.")
    key.fill("another")
    button.click()
    expect(status).to_contain_text("The server does not know this key.")
    key.fill(KEY)
    button.click()
    expect(status).to_contain_text("It accepts your key.")
    assert "key" not in saved(extension)  # a test saves nothing


def test_only_chosen_settings_are_saved(
    extension: Extension, recorder: Recorder, options: Page
) -> None:
    address = recorder.url.removeprefix("http://")
    options.get_by_label("Address").fill(f" {address}/ ")
    save(options)
    assert saved(extension) == {"server": recorder.url}
    hedging = options.get_by_role("group", name="Hedging")
    hedging.get_by_label("My own threshold").check()
    hedging.get_by_role("slider").fill("0.8")
    expect(hedging.get_by_role("status")).to_have_text("0.80")
    options.get_by_role("group", name="Loaded framing").get_by_label("Mark it").uncheck()
    options.get_by_label("Also send new text").check()
    save(options)
    assert saved(extension) == {
        "server": recorder.url,
        "labels": ["hedging", "unverified_attribution"],
        "thresholds": {"hedging": 0.8},
        "follow": True,
    }
    options.reload()
    expect(hedging.get_by_role("slider")).to_have_value("0.8")
    expect(options.get_by_label("Also send new text")).to_be_checked()


RECORD_PERMISSIONS = """
() => {
  globalThis.permissions = [];
  for (const name of ["request", "remove"]) {
    chrome.permissions[name] = async ({origins, permissions}) => {
      globalThis.permissions.push([name, ...origins, ...(permissions ?? [])]);
      return true;
    };
  }
}
"""


def test_permission_is_requested_for_one_address(
    extension: Extension, recorder: Recorder, options: Page
) -> None:
    options.evaluate(RECORD_PERMISSIONS)
    options.get_by_role("button", name="Test the connection").click()
    expect(options.locator("#test-status")).to_contain_text("The server answers.")
    options.get_by_label("Address").fill("https://sayso.example.org:8443/deep")
    save(options)
    assert options.evaluate("permissions") == [
        ["request", f"{recorder.url}/*"],
        ["request", "https://sayso.example.org:8443/*"],
        ["remove", f"{recorder.url}/*"],
    ]


def test_a_server_that_was_only_tested_is_not_allowed_for_good(
    extension: Extension, recorder: Recorder, options: Page
) -> None:
    options.evaluate(RECORD_PERMISSIONS)
    other = f"http://127.0.0.1:{free_port()}"
    options.get_by_label("Address").fill(other)
    options.get_by_role("button", name="Test the connection").click()
    expect(options.locator("#test-status")).to_contain_text("The server does not answer.")
    options.evaluate(
        """() => {
          const keep = () => chrome.storage.session.set({removed: permissions});
          addEventListener("pagehide", keep);
        }"""
    )
    options.goto(f"chrome-extension://{extension.id}/panel.html")
    [asked, removed] = extension.worker.evaluate(
        "chrome.storage.session.get('removed').then(({removed}) => removed)"
    )
    assert asked == ["request", f"{other}/*"]
    assert removed == ["remove", f"{other}/*"]


def test_an_invalid_address_can_be_corrected(
    extension: Extension, recorder: Recorder, options: Page
) -> None:
    extension.choose(server="ftp://sayso.example.org")
    options.reload()
    address = options.get_by_label("Address")
    expect(address).to_have_value("ftp://sayso.example.org")
    options.get_by_role("button", name="Save").click()
    expect(options.locator("#save-status")).to_have_text(
        "The address must begin with https:// or http://."
    )
    address.fill(recorder.url)
    save(options)
    assert saved(extension) == {"server": recorder.url}


SET = "(set) => (chrome.storage.managed.get = async () => set)"


@pytest.mark.parametrize("locked", [["server"], []])
def test_an_invalid_address_of_the_organisation(
    extension: Extension, options: Page, locked: list[str]
) -> None:
    extension.choose()
    organisation = {"server": "ftp://sayso.example.org", "locked": locked}
    options.add_init_script(f"({SET})({json.dumps(organisation)})")
    options.reload()
    expect(options.get_by_text("Your organisation has set some of these options.")).to_be_visible()
    options.get_by_label("Also send new text").check()
    options.get_by_role("button", name="Save").click()
    status = options.locator("#save-status")
    if locked:
        expect(status).to_have_text("Saved.")
        assert saved(extension) == {"follow": True}
    else:
        expect(status).to_have_text("The address must begin with https:// or http://.")


def test_locked_settings_cannot_be_changed(extension: Extension, options: Page) -> None:
    extension.choose()
    names = ["server", "key", "labels", "thresholds", "colours", "follow"]
    organisation = {"server": "https://sayso.example.org", "key": "secret", "locked": names}
    options.add_init_script(f"({SET})({json.dumps(organisation)})")
    options.reload()
    fields = options.locator("#form input")
    expect(options.get_by_label("Address")).to_have_value("https://sayso.example.org")
    assert fields.count() == 3 + 5 * len(LABELS)
    for field in fields.all():
        expect(field).to_be_disabled()
    assert "secret" not in options.evaluate("document.body.outerHTML")
    expect(options.get_by_label("Key")).to_have_value("")
    expect(options.get_by_label("Key")).to_have_attribute(
        "placeholder", "Your organisation has set a key."
    )
    assert violations(options) == []


def test_a_chosen_colour_shows_on_the_page_at_once(
    extension: Extension, options: Page, visit: Visit
) -> None:
    page = visit("app.html")
    extension.mark(page)
    options.bring_to_front()
    hedging = options.get_by_role("group", name="Hedging")
    hedging.get_by_label("My own colour").check()
    hedging.get_by_label("Colour for hedging").fill("#00aa00")
    save(options)
    rules = "[...document.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules])"
    holds = f"{rules}.some((rule) => rule.cssText.includes('rgb(204, 238, 204)'))"
    page.wait_for_function(holds)
    assert painted(page)["hedging"]


def test_an_address_without_https_has_a_warning(options: Page) -> None:
    address = options.get_by_label("Address")
    warning = "Without https, others on the network can read text and key."
    address.fill("http://sayso.example.org")
    expect(options.locator("#server-note")).to_have_text(warning)
    address.fill("https://sayso.example.org")
    expect(options.locator("#server-note")).to_have_text("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("state", "button", "status"),
    [
        ("start", "", ""),
        ("tested", "Test the connection", "The server answers."),
        ("not tested", "Test the connection", "This is not a web address."),
        ("saved", "Save", "Saved."),
        ("not saved", "Save", "This is not a web address."),
        (
            "open",
            "Test the connection",
            "The browser has not allowed this server.",
        ),
        ("cache", "Remove cached answers", "Removed."),
    ],
)
def test_axe_finds_nothing(
    options: Page, state: str, button: str, status: str, scheme: str
) -> None:
    options.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if "not" in state.split():
        options.get_by_label("Address").fill("sayso example")
    elif state == "open":
        options.evaluate("chrome.permissions.request = async () => false")
        options.get_by_label("Address").fill("http://sayso.example.org")
    hedging = options.get_by_role("group", name="Hedging")
    hedging.get_by_label("My own threshold").check()
    hedging.get_by_label("My own colour").check()
    if button:
        options.get_by_role("button", name=button).click()
        expect(options.get_by_text(status)).to_be_visible()
    assert violations(options) == []


def test_nothing_is_cut_off_at_320_pixels(options: Page) -> None:
    options.set_viewport_size({"width": 320, "height": 256})
    assert options.evaluate("document.documentElement.scrollWidth") <= 320


def test_scripts_in_pages_cannot_read_the_settings(
    extension: Extension, visit: Visit, recorder: Recorder
) -> None:
    """The key lies in local storage, which only the extension's own pages and worker may read."""
    page = visit("app.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    read = """
        (tab) => chrome.scripting.executeScript({
          target: {tabId: tab},
          func: () => chrome.storage.local.get(null).then(() => "read", (error) => error.message),
        }).then(([one]) => one.result)
    """
    assert "not allowed" in extension.worker.evaluate(read, tab)


def test_the_shortcuts_are_the_browser_s(extension: Extension) -> None:
    """The browser silently drops a shortcut that is taken."""
    commands = extension.worker.evaluate("chrome.commands.getAll()")
    assert {one["name"]: one["shortcut"] for one in commands} == {
        "_execute_action": "Alt+Shift+M",
        "clear": "Alt+Shift+U",
    }
