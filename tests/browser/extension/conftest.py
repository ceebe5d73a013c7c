"""The extension in Chromium, with a server that records all requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from serving.load.server import Server
from tests.browser.extension.extension_driver import SERVERS, Extension, Visit, build, running
from tests.browser.extension.recording_proxy import Recorder, recording
from tests.browser.fixture_site import elsewhere


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's folder."""
    return build(tmp_path_factory.mktemp("extension"), SERVERS)


@pytest.fixture(scope="module")
def installed(playwright: Playwright, built: Path) -> Iterator[Extension]:
    with running(playwright, built) as extension:
        yield extension


@pytest.fixture
def recorder(live_server: Server) -> Iterator[Recorder]:
    """A server with an address of its own, so that no answer is known from another test."""
    with recording(live_server.url) as recorder:
        yield recorder


@pytest.fixture
def extension(installed: Extension, recorder: Recorder) -> Extension:
    """The extension with that server chosen, and all else as it comes."""
    installed.choose(server=recorder.url)
    return installed


@pytest.fixture
def visit(installed: Extension, site: str) -> Iterator[Visit]:
    """Opens a fixture page; to the browser its host is another one than the server's. A test fails
    if a script on it failed.
    """
    pages: list[Page] = []
    failures: list[str] = []

    def open_it(name: str) -> Page:
        page = installed.context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(f"{elsewhere(site)}/{name}", wait_until="networkidle")
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        page.close()
    assert not failures
