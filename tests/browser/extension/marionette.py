"""Firefox with the extension, driven by Marionette, Firefox's own protocol for tests."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from serving.load.server import free_port

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), "")
STARTED_WITHIN, DONE_WITHIN = 60.0, 40.0  # seconds

PREFERENCES = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}

# The browser's own code, in which scripts of the kind "chrome" run. `done` is given the result.
GRANT = """
const [id, origin, done] = arguments;
const {ExtensionPermissions} = ChromeUtils.importESModule(
  "resource://gre/modules/ExtensionPermissions.sys.mjs");
const permissions = {origins: [origin], permissions: [], data_collection: []};
ExtensionPermissions.add(id, permissions, WebExtensionPolicy.getByID(id).extension).then(done);
"""
CLICK = """
const [id, done] = arguments;
const {extension} = WebExtensionPolicy.getByID(id);
const action = extension.apiManager.global.browserActionFor(extension);
const page = Services.wm.getMostRecentWindow("navigator:browser");
Promise.resolve(action.triggerAction(page, {button: 0, modifiers: []})).then(() => done());
"""
TAB = """
const [id, done] = arguments;
const {gBrowser} = Services.wm.getMostRecentWindow("navigator:browser");
done(WebExtensionPolicy.getByID(id).extension.tabManager.getWrapper(gBrowser.selectedTab).id);
"""


class Marionette:
    """One connection. Messages are JSON after their length and a colon."""

    def __init__(self, port: int) -> None:
        self.connection = self._connect(port)
        self.received = b""
        self.count = 0
        self._read()
        self.ask("WebDriver:NewSession")
        self.ask("WebDriver:SetTimeouts", script=1000 * DONE_WITHIN)

    @staticmethod
    def _connect(port: int) -> socket.socket:
        until = time.monotonic() + STARTED_WITHIN
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=2 * DONE_WITHIN)
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def ask(self, name: str, **parameters: object) -> Any:
        self.count += 1
        message = json.dumps([0, self.count, name, parameters]).encode()
        self.connection.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self._read()
        assert error is None, error
        return result.get("value", result) if isinstance(result, dict) else result

    def _read(self) -> Any:
        while b":" not in self.received:
            self.received += self._some()
        length, _, self.received = self.received.partition(b":")
        while len(self.received) < int(length):
            self.received += self._some()
        message, self.received = self.received[: int(length)], self.received[int(length) :]
        return json.loads(message)

    def _some(self) -> bytes:
        some = self.connection.recv(65_536)
        assert some, "Firefox has closed the connection"
        return some

    def in_browser(self, script: str, *arguments: object) -> Any:
        """Run a script in the browser's own code, until it calls its last argument."""
        self.ask("Marionette:SetContext", value="chrome")
        run = {"script": script, "args": arguments, "sandbox": "system"}
        result = self.ask("WebDriver:ExecuteAsyncScript", **run)
        self.ask("Marionette:SetContext", value="content")
        return result

    def in_page(self, expression: str) -> Any:
        """What an expression gives in the page itself; the extension's own pages are seen as they
        are.
        """
        written = f"JSON.stringify(({expression}) ?? null)"
        script = (
            f"const page = window.wrappedJSObject; return page?.eval(arguments[0]) ?? {written}"
        )
        run = {"script": script, "args": [written]}
        return json.loads(self.ask("WebDriver:ExecuteScript", **run))

    def open(self, address: str) -> None:
        self.ask("WebDriver:Navigate", url=address)

    def new_tab(self) -> str:
        """Open a tab; gives back its handle."""
        made = self.ask("WebDriver:NewWindow", type="tab", focus=False)
        return str(made["handle"])

    def element(self, selector: str) -> str:
        found = self.ask("WebDriver:FindElement", using="css selector", value=selector)
        return str(next(iter(found.values())))

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression gives something in the page."""
        until = time.monotonic() + DONE_WITHIN
        while time.monotonic() < until:
            if found := self.in_page(expression):
                return found
            time.sleep(0.1)
        raise AssertionError(f"not in time: {expression}")


@contextmanager
def firefox() -> Iterator[Marionette]:
    with TemporaryDirectory(prefix="sayso-firefox-", ignore_cleanup_errors=True) as profile:
        port = free_port()
        preferences = {**PREFERENCES, "marionette.port": port}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        arguments = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        process = subprocess.Popen(
            [FIREFOX, *arguments, "-profile", profile],
            env={**os.environ, "HOME": profile},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            running = Marionette(port)
            with running.connection:
                yield running
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
