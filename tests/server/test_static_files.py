"""The page's files: their headers, their paths, and that they name no other site."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sayso.server.app import Service
from sayso.server.keys import new_key
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import ServerSettings
from sayso.server.static_files import PACKAGE

WEB = PACKAGE / "web"
FILES = [PACKAGE / "labels.json", *sorted(path for path in WEB.rglob("*") if path.is_file())]
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


def url_of(path: Path) -> str:
    return f"/static/{path.relative_to(PACKAGE).as_posix()}"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Of a server that asks for a key and counts addresses."""
    _, line = new_key("desk")
    settings = ServerSettings(keys=line, address_rate="1/hour")  # type: ignore[arg-type]
    with TestClient(Service(ReloadableModel(None, 1), settings)) as client:
        yield client


def test_the_page_is_open_to_all_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[".html"])
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("img-src") == "'self' data:"
    assert {policy.pop(name) for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert set(policy.values()) == {"'none'"}
    assert set(policy) == {"base-uri", "form-action", "frame-ancestors"}
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", answer.text)


@pytest.mark.parametrize("path", FILES, ids=url_of)
def test_each_file_is_sent_with_its_type_and_kept_by_the_browser(
    client: TestClient, path: Path
) -> None:
    answer = client.get(url_of(path))
    assert (answer.status_code, answer.content) == (200, path.read_bytes())
    assert answer.headers["content-type"] == TYPES[path.suffix]
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    etag = answer.headers["etag"]
    again = client.get(url_of(path), headers={"if-none-match": f'"x", {etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(url_of(path), headers={"if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/web/",
        "/static/web/nothing.js",
        "/static/web/highlighter",
        "/static/web/../app.py",
        "/static/web/..%2fapp.py",
        "/static/web/%2e%2e/app.py",
        "/static/web/page//app.js",
        "/static/web/page/app.js/",
        "/static/web/page/APP.JS",
    ],
)
def test_no_path_reaches_another_file(client: TestClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code == 401:  # the client itself has made `/app.py` of it
        return
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", FILES, ids=url_of)
def test_no_file_names_another_site(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(SVG_NAMESPACE, "")
    text = text.replace("http://localhost:8000", "")  # an example in a comment
    assert not re.search(r"https?://|[\"'(]//\w", text)
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text)


def test_files_can_be_read_in_one_sitting() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not {name: length for name, length in lengths.items() if length > 400}


def test_every_imported_module_exists() -> None:
    for path in WEB.rglob("*.js"):
        for name in re.findall(r'from "(\.[^"]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path} imports {name}"
