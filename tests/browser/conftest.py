"""Chromium and a server for the tests in a browser.

Playwright drives the Chromium that is installed and brings none of its own. It is started anew for
each file of tests, because while it runs no other test in this process may run an event loop.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from sayso.labels import LABELS
from serving.load.server import Server, sayso
from tests.browser.chromium import (
    ARGUMENTS,
    CHROMIUM,
    KEY_LINE,
    Ask,
    OpenChromium,
    OpenPage,
)
from tests.browser.fixture_site import fixture_site
from tests.browser.page_scripts import TOOLS
from tests.browser.sayso_page import SaysoPage

# On a busy machine the browser takes its time.
expect.set_options(timeout=60_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the browser, and takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium is installed"))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def open_chromium(playwright: Playwright) -> OpenChromium:
    """Opens Chromium with a new profile, closed at the end: `with open_chromium() as context`.

    `extension` is the folder of an unpacked extension; other options are Playwright's.
    """

    @contextmanager
    def open_it(extension: Path | None = None, **options: object) -> Iterator[BrowserContext]:
        arguments, ignored = list(ARGUMENTS), []
        if extension is not None:
            arguments += [
                f"--disable-extensions-except={extension}",
                f"--load-extension={extension}",
            ]
            ignored = [
                "--disable-extensions",
                "--disable-component-extensions-with-background-pages",
            ]
        with TemporaryDirectory(prefix="sayso-browser-", ignore_cleanup_errors=True) as profile:
            context = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=CHROMIUM,
                headless=False,  # the argument above makes it so, with all that a window has
                args=arguments,
                ignore_default_args=ignored,
                **options,  # type: ignore[arg-type]
            )
            context.set_default_timeout(20_000)
            try:
                yield context
            finally:
                context.close()

    return open_it


@pytest.fixture(scope="module")
def chromium(open_chromium: OpenChromium) -> Iterator[BrowserContext]:
    """Chromium without any extension."""
    with open_chromium(accept_downloads=True) as context:
        yield context


@pytest.fixture
def tab(chromium: BrowserContext) -> Iterator[Page]:
    """A tab of that Chromium. A test fails if a script on it failed."""
    page = chromium.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    page.close()
    assert not failures


@pytest.fixture(scope="session")
def live_server() -> Iterator[Server]:
    """`sayso serve` as anyone may ask it."""
    with sayso() as server:
        yield server


@pytest.fixture(scope="session")
def locked_server() -> Iterator[Server]:
    """`sayso serve` that asks for `KEY`."""
    with sayso(settings={"SAYSO_KEYS": KEY_LINE}) as server:
        yield server


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a web site with the fixture pages, another one than the server's."""
    with fixture_site() as address:
        yield address


@pytest.fixture
def open_page(tab: Page, site: str) -> OpenPage:
    """Opens a fixture page and brings the highlighter into it."""

    def open_it(name: str) -> Page:
        tab.goto(f"{site}/{name}", wait_until="networkidle")
        tab.evaluate(TOOLS)
        return tab

    return open_it


@pytest.fixture(scope="module")
def ask(live_server: Server) -> Iterator[Ask]:
    """The server's sentences of a text, as the extension would get them."""
    with httpx.Client(base_url=live_server.url, trust_env=False, timeout=60) as client:

        def stream(text: str) -> list[dict[str, Any]]:
            thresholds = dict.fromkeys(LABELS, 0.05)
            body = {"text": text, "offset_unit": "utf16", "thresholds": thresholds}
            answer = client.post("/v1/score/stream", json=body)
            lines = [json.loads(line) for line in answer.text.splitlines()]
            return [line["sentence"] for line in lines if "sentence" in line]

        yield stream


@pytest.fixture
def page(tab: Page, live_server: Server) -> Iterator[SaysoPage]:
    """The page at `/`. It may send requests to its own server only; its console stays empty."""
    sayso_page = SaysoPage(tab, live_server.url)
    yield sayso_page
    foreign = [one.url for one in sayso_page.requests if not one.url.startswith(live_server.url)]
    assert [one for one in foreign if not one.startswith("blob:")] == []
    blocked = "The action has been blocked." if sayso_page.may_block else "never"
    assert [one for one in sayso_page.console if blocked not in one] == []
