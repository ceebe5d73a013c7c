"""The extension in a Chromium of its own, and the actions of a test.

The click is a real one: `Extensions.triggerAction` of the DevTools protocol does what the button in
the toolbar does, so that the browser itself grants `activeTab` and opens the side panel. One thing
no program can do: allow the extension to connect to a server when the browser asks for it.
So the one under test has that permission in its manifest (`node build.mjs FOLDER PATTERN`). Pages
are opened under `localhost`, the servers under `127.0.0.1`: to the browser these are different
hosts, so the permission is none for the pages.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, Worker

from sayso.labels import LABELS
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import ROOT

EXTENSION = ROOT / "extension"
SERVERS = "http://127.0.0.1/*"

Visit = Callable[[str], Page]

DONE_WITHIN = 60.0  # seconds
OPEN_DEBUGGING = "--enable-unsafe-extension-debugging"
IGNORED = ["--disable-extensions", "--disable-component-extensions-with-background-pages"]

# Painted words: the ranges of each highlight in each document, in the order of the page, frames
# and shadow trees where they stand. A mark over several text nodes has several ranges. `before` and
# `after` are what readers see beside them in the same paragraph and tree.
PAINTED = """
() => {
  const documents = [document];
  for (const one of documents) {
    for (const frame of one.querySelectorAll("iframe")) {
      if (frame.contentDocument) documents.push(frame.contentDocument);
    }
  }
  // From the page inwards: what holds the range in each tree, at last its own text node.
  const pathOf = (range) => {
    const path = [];
    for (let node = range.startContainer; node; ) {
      path.unshift(node);
      const root = node.getRootNode();
      node = root.host ?? root.defaultView?.frameElement;
    }
    return path;
  };
  const inOrder = (one, other) => {
    const level = one.path.findIndex((node, at) => node !== other.path[at]);
    if (level < 0) return one.range.startOffset - other.range.startOffset;
    const place = one.path[level].compareDocumentPosition(other.path[level]);
    return place & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  };
  const BLOCKS = "p, li, h1, blockquote, figcaption, summary, time";
  const UNREAD = "sup, code, .for-readers-aloud";
  const isSeen = ({parentElement: one}) =>
    !one || (one.checkVisibility({visibilityProperty: true}) && !one.closest(UNREAD));
  const besides = ({startContainer: node, startOffset, endOffset}) => {
    if (node.nodeType !== Node.TEXT_NODE) return {before: "", after: ""}; // its words are gone
    const block = node.parentElement?.closest(BLOCKS) ?? node.parentNode;
    const nodes = [];
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (isSeen(walker.currentNode)) nodes.push(walker.currentNode);
    const at = nodes.indexOf(node);
    const joined = (some) => some.map((one) => one.data).join("");
    const before = joined(nodes.slice(0, at)) + node.data.slice(0, startOffset);
    const after = node.data.slice(endOffset) + joined(nodes.slice(at + 1));
    return {before: before.toWellFormed(), after: after.toWellFormed()};
  };
  return LABELS.flatMap((label) => {
    const ranges = documents.flatMap((one) => [
      ...(one.defaultView.CSS.highlights.get(`sayso-${label}`) ?? []),
    ]);
    const found = ranges.map((range) => ({label, range, path: pathOf(range)})).sort(inOrder);
    return found.map(({range}) => ({label, words: range.toString(), ...besides(range)}));
  });
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

# How often the reader in a tab has begun to mark, by its answers to the worker.
BEGUN = """
(tab) => {
  if (!self.begun) {
    self.begun = {};
    const send = chrome.tabs.sendMessage;
    chrome.tabs.sendMessage = async (tab, message, ...more) => {
      const answer = await send.call(chrome.tabs, tab, message, ...more);
      if (message.type === "mark") self.begun[tab] = (self.begun[tab] ?? 0) + 1;
      return answer;
    };
  }
  return self.begun[tab] ?? 0;
}
"""


def build(folder: Path, *servers: str) -> Path:
    """Build the extension for Chromium; it may ask `servers` (match patterns) from the start."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("no Node.js is installed")
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
        self.console: list[str] = []
        """The worker's console."""
        worker.on("console", lambda message: self.console.append(message.text))
        assert context.browser
        self.protocol: CDPSession = context.browser.new_browser_cdp_session()

    def choose(self, **settings: object) -> None:
        """Save settings as the options page does, and forget the server's info."""
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
            options.get_by_role("button", name="Remove cached answers").click()
            options.get_by_text("Removed.").wait_for()

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
            one["targetId"]
            for one in targets["targetInfos"]
            if one.get("embedderData", {}).get("tabActive")  # the side panel is a target without
        ]
        self.protocol.send("Extensions.triggerAction", {"id": self.id, "targetId": target})

    def in_side_panel(self, expression: str) -> Any:
        """Evaluate an expression in the browser's own side panel; None while it is not open."""
        targets = self.protocol.send("Target.getTargets")["targetInfos"]
        address = f"chrome-extension://{self.id}/panel.html"
        found = [one["targetId"] for one in targets if one["url"] == address]
        if not found:
            return None
        attach = {"targetId": found[0], "flatten": False}
        session = self.protocol.send("Target.attachToTarget", attach)["sessionId"]
        answers: list[Any] = []

        def hear(answer: Any) -> None:
            answers.append(answer)

        self.protocol.on("Target.receivedMessageFromTarget", hear)
        params = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        message = json.dumps({"id": 1, "method": "Runtime.evaluate", "params": params})
        send = {"sessionId": session, "message": message}
        self.protocol.send("Target.sendMessageToTarget", send)
        until = time.monotonic() + 10
        while not answers and time.monotonic() < until:
            self.protocol.send("Target.getTargets")  # lets the answer come in
            time.sleep(0.02)
        self.protocol.remove_listener("Target.receivedMessageFromTarget", hear)
        self.protocol.send("Target.detachFromTarget", {"sessionId": session})
        return json.loads(answers[0]["message"])["result"]["result"].get("value")

    def send(self, tab: int, message: dict[str, Any]) -> None:
        """Send a message to the reader in a tab, as the panel does."""
        send = "([tab, message]) => chrome.tabs.sendMessage(tab, message)"
        self.worker.evaluate(send, [tab, message])

    def state(self, tab: int) -> dict[str, Any] | None:
        """The state of the reader in a tab; None if there is none."""
        ask = "(tab) => chrome.tabs.sendMessage(tab, {type: 'read'}).catch(() => null)"
        return cast("dict[str, Any] | None", self.worker.evaluate(ask, tab))

    def error(self, tab: int) -> str | None:
        """The kind of the error that the panel shows for a tab."""
        ask = "(tab) => chrome.storage.session.get(`error-${tab}`)"
        known = self.worker.evaluate(ask, tab).get(f"error-{tab}")
        state = self.state(tab) or {}
        error = known or state.get("error")
        return cast("str", error["kind"]) if error else None

    def wait_for_error(self, tab: int) -> str:
        """Wait until something goes wrong in a tab; returns the kind of the error."""
        until = time.monotonic() + DONE_WITHIN
        while time.monotonic() < until:
            if kind := self.error(tab):
                return kind
            time.sleep(0.05)
        raise AssertionError(f"no error in time: {self.state(tab)}")

    def wait(self, tab: int) -> dict[str, Any]:
        """Wait until a tab is marked; gives back the reader's state."""
        until = time.monotonic() + DONE_WITHIN
        while time.monotonic() < until:
            state = self.state(tab)
            error = self.error(tab)
            assert error is None, (error, self.console)
            if state and state["phase"] == "done":
                return state
            time.sleep(0.05)
        raise AssertionError(f"not marked in time: {self.state(tab)}")

    def mark(self, page: Page) -> dict[str, Any]:
        """Click the button, and wait until the page is marked."""
        tab = self.tab_of(page)
        former = self.worker.evaluate(BEGUN, tab)
        self.click(page)
        until = time.monotonic() + DONE_WITHIN
        while self.worker.evaluate(BEGUN, tab) == former:
            assert time.monotonic() < until, (self.error(tab), self.console)
            time.sleep(0.05)
        return self.wait(tab)


@contextmanager
def running(playwright: Playwright, folder: Path, *arguments: str) -> Iterator[Extension]:
    """Chromium with the extension in `folder`; `arguments` are further ones of Chromium's."""
    with TemporaryDirectory(prefix="sayso-extension-", ignore_cleanup_errors=True) as profile:
        loading = [f"--disable-extensions-except={folder}", f"--load-extension={folder}"]
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=False,  # an argument makes it so, with all that a window has
            args=[*ARGUMENTS, *loading, OPEN_DEBUGGING, *arguments],
            ignore_default_args=IGNORED,
        )
        context.set_default_timeout(20_000)
        try:
            known = context.service_workers
            worker = known[0] if known else context.wait_for_event("serviceworker")
            yield Extension(context, worker)
        finally:
            context.close()


def squeezed(text: str) -> str:
    """Without white space and soft hyphens."""
    return "".join(text.replace("\u00ad", "").split())


def words_of(spans: Iterable[tuple[str, str]]) -> dict[str, str]:
    """All words of each label, in their order, squeezed."""
    found = dict.fromkeys(LABELS, "")
    for label, words in spans:
        found[label] += squeezed(words)
    return found


def painted(page: Page) -> dict[str, str]:
    """All painted words of each label, in their order, squeezed."""
    return words_of((one["label"], one["words"]) for one in page.evaluate(PAINTED))
