"""The page at `/`, and its files below `/static/`.

They name no other site, and their content security policy allows requests to this server only.
"""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response

from sayso.server.errors import Refusal

PACKAGE = Path(str(files("sayso")))
STATIC_PREFIX = "/static/"
"""The paths of the page's files begin with it; like the page itself, they need no key."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class StaticFile:
    """A file as it is sent. Browsers cache it, and ask each time whether it has changed."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.media_type = _TYPES[path.suffix]
        self.etag = f'"{sha256(self.body).hexdigest()[:32]}"'

    def answer(self, request: Request) -> Response:
        """The file, or 304 if the browser has it."""
        headers = {
            "content-security-policy": _POLICY,
            "cache-control": "no-cache",
            "etag": self.etag,
        }
        header = request.headers.get("if-none-match", "")
        cached = [etag.strip().removeprefix("W/") for etag in header.split(",")]
        if self.etag in cached:
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type=self.media_type, headers=headers)


def add_page(app: FastAPI) -> None:
    """Add the page's routes. Its files are read once, and no path reaches another file."""
    of_the_page = (path for path in (PACKAGE / "web").rglob("*") if path.suffix in _TYPES)
    paths = [PACKAGE / "labels.json", *of_the_page]
    contents = {path.relative_to(PACKAGE).as_posix(): StaticFile(path) for path in paths}

    @app.get("/", include_in_schema=False)
    async def read_page() -> Response:
        page = contents["web/page/index.html"]
        headers = {"content-security-policy": _POLICY}
        return Response(page.body, media_type=page.media_type, headers=headers)

    @app.get(STATIC_PREFIX + "{name:path}", include_in_schema=False)
    async def read_file(name: str, request: Request) -> Response:
        if name not in contents:
            raise Refusal(404, "not_found", "the page has no such file")
        return contents[name].answer(request)
