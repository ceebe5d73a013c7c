"""The Chromium of the tests, its arguments, and the types of the fixtures."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from sayso.server.keys import new_key

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
PAGES = Path(__file__).parent / "pages"
KEY, KEY_LINE = new_key("reader")

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OpenChromium = Callable[..., AbstractContextManager[BrowserContext]]
OpenPage = Callable[[str], Page]
Ask = Callable[[str], list[dict[str, Any]]]
