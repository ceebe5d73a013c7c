"""The extension in a Chromium of its own, and what a test can do with it.

The click is a real one: `Extensions.triggerAction` of the DevTools protocol does what the toolbar's
button does, so that the browser itself grants `activeTab` and opens the side panel. The one thing
that no program can do is to say yes to the browser's question whether the extension may talk with a
server; so the extension under test is built with that one permission in its manifest (`node build.mjs
FOLDER PATTERN`). Pages are opened under `localhost`, the servers under `127.0.0.1`: to the browser
these are different hosts, so the permission is none for the pages.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, Worker

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.conftest import ROOT

EXTENSION = ROOT / "extension"
SERVERS = "http://127.0.0.1/*"
LABELS = ("hedging", "unverified_attribution", "loaded_framing")

DONE_WITHIN = 60.0  # seconds
OPEN_DEBUGGING = "--enable-unsafe-extension-debugging"
IGNORED = ["--disable-extensions", "--disable-component-extensions-with-background-pages"]

# Painted words: the ranges of each highlight in each document, in the document's order. Ranges with
# only white space between them are one: a mark may run over several text nodes.
PAINTED = """
() => {
  const documents = [document];
  for (const one of documents) {
    for (const frame of one.querySelectorAll("iframe")) {
      if (frame.contentDocument) documents.push(frame.contentDocument);
    }
  }
  const found = [];
  for (const one of documents) {
    const registry = one.defaultView.CSS.highlights;
    for (const label of LABELS) {
      const ranges = [...(registry.get(`sayso-${label}`) ?? [])];
      ranges.sort((a, b) => a.compareBoundaryPoints(Range.START_TO_START, b));
      for (const range of ranges) found.push({label, range});
    }
  }
  return found.map(({label, range}) => ({
    label,
    words: range.toString(),
    inFrame: range.startContainer.ownerDocument !== document,
    inShadow: range.startContainer.getRootNode() instanceof ShadowRoot,
  }));
}
""".replace("LABELS", json.dumps(LABELS))

# The page as it is, with its frames and shadow trees, but nothing of how it looks.
DOM = """
() => {
  const whole = (root) => {
    const parts = [root.documentElement?.outerHTML ?? root.innerHTML];
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) parts.push(whole(element.shadowRoot));
      if (element.contentDocument) parts.push(whole(element.contentDocument));
    }
    return parts.join("\\n");
  };
  return whole(document);
}
"""


def build(folder: Path, *servers: str) -> Path:
    """Build the extension for Chromium; it may ask `servers` (match patterns) from the start."""
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node and npm
    if not (EXTENSION / "node_modules").is_dir():
        subprocess.run([npm, "ci"], cwd=EXTENSION, check=True, capture_output=True)
    command = [node, "build.mjs", str(folder), *servers]
    subprocess.run(command, cwd=EXTENSION, check=True, capture_output=True)
    return folder


class Extension:
    """The extension as it runs."""

    def __init__(self, context: BrowserContext, worker: Worker) -> None:
        self.context = context
        self.worker = worker
        self.id = worker.url.split("/")[2]
        assert context.browser
        self.protocol: CDPSession = context.browser.new_browser_cdp_session()

    def choose(self, **settings: object) -> None:
        """Save settings as the options page does, and forget what was known of a server."""
        self.worker.evaluate(
            """async (settings) => {
                await chrome.storage.local.set({settings});
                await chrome.storage.session.remove("info");
            }""",
            settings,
        )

    def forget(self) -> None:
        """Forget kept answers, as the button of the options page does."""
        with self.page("options.html") as options:
            options.get_by_role("button", name="Forget kept answers").click()
            options.get_by_text("Forgotten.").wait_for()

    @contextmanager
    def page(self, name: str) -> Iterator[Page]:
        """One of the extension's own pages in a tab; a failing script fails the test."""
        page = self.context.new_page()
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(f"chrome-extension://{self.id}/{name}")
        try:
            yield page
        finally:
            page.close()
        assert not failures

    def tab_of(self, page: Page) -> int:
        """The browser's number of a page's tab, which has to be the one in front."""
        page.bring_to_front()
        query = "chrome.tabs.query({active: true, lastFocusedWindow: true})"
        return int(self.worker.evaluate(f"{query}.then(([tab]) => tab.id)"))

    def click(self, page: Page) -> None:
        """Click the button in the toolbar while this page is in front."""
        page.bring_to_front()
        targets = self.protocol.send("Target.getTargets", {"filter": [{"type": "tab"}]})
        [target] = [
            one["targetId"] for one in targets["targetInfos"] if one["embedderData"]["tabActive"]
        ]
        self.protocol.send("Extensions.triggerAction", {"id": self.id, "targetId": target})

    def state(self, tab: int) -> dict[str, Any] | None:
        """What the reader in a tab says; None where there is none."""
        ask = "(tab) => chrome.tabs.sendMessage(tab, {type: 'read'}).catch(() => null)"
        return cast("dict[str, Any] | None", self.worker.evaluate(ask, tab))

    def problem(self, tab: int) -> str | None:
        """The kind of the problem that the panel shows for a tab."""
        ask = "(tab) => chrome.storage.session.get(`problem-${tab}`)"
        known = self.worker.evaluate(ask, tab).get(f"problem-{tab}")
        state = self.state(tab) or {}
        trouble = known or state.get("problem")
        return cast("str", trouble["kind"]) if trouble else None

    def wait(self, tab: int) -> dict[str, Any]:
        """Wait until a tab is marked, or it is known why not; gives back the reader's state."""
        until = time.monotonic() + DONE_WITHIN
        while time.monotonic() < until:
            state = self.state(tab)
            if state and state["phase"] == "done":
                return state
            if self.problem(tab):
                return state or {}
            time.sleep(0.05)
        raise AssertionError(f"not marked in time: {self.state(tab)}")

    def mark(self, page: Page) -> dict[str, Any]:
        """Click the button, and wait until the page is marked."""
        tab = self.tab_of(page)
        self.click(page)
        time.sleep(0.1)
        return self.wait(tab)


@contextmanager
def running(playwright: Playwright, folder: Path, **options: Any) -> Iterator[Extension]:
    """Chromium with the extension in `folder`; other options are Playwright's."""
    with TemporaryDirectory(prefix="sayso-extension-", ignore_cleanup_errors=True) as profile:
        loading = [f"--disable-extensions-except={folder}", f"--load-extension={folder}"]
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=False,  # an argument makes it so, with all that a window has
            args=[*ARGUMENTS, *loading, OPEN_DEBUGGING],
            ignore_default_args=IGNORED,
            **options,
        )
        context.set_default_timeout(20_000)
        try:
            known = context.service_workers
            worker = known[0] if known else context.wait_for_event("serviceworker")
            yield Extension(context, worker)
        finally:
            context.close()


def merged(spans: list[dict[str, Any]]) -> dict[str, str]:
    """All painted words of each label, without white space."""
    found = dict.fromkeys(LABELS, "")
    for span in spans:
        found[span["label"]] += "".join(span["words"].split())
    return found
