"""A web site with the fixture pages, on another host than the server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.browser.chromium import PAGES
from tests.conftest import ROOT

PACKAGE = ROOT / "sayso"


class _Handler(SimpleHTTPRequestHandler):
    """The fixture pages, and the modules as they are below `/static/`."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def translate_path(self, path: str) -> str:
        name = path.partition("?")[0].removeprefix("/")
        if name == "labels.json" or name.startswith("web/"):
            return str(PACKAGE / name)
        return str(PAGES / Path(name).name)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def fixture_site() -> Iterator[str]:
    """The site's address; under `localhost` it is another host than the servers under test."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def elsewhere(address: str) -> str:
    """The same site under a name by which browsers take it for another host than `127.0.0.1`."""
    return address.replace("127.0.0.1", "localhost")
