"""Takes the pictures of the page in `docs/pictures`: `python -m tests.browser.pictures`.

They show the page as a reader sees it, with the shipped bundle and the page's own examples.
"""

from collections.abc import Callable
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page, sync_playwright

from serving.load.server import sayso
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.sayso_page import SaysoPage
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "pictures"
WINDOW = {"width": 1200, "height": 840}
LABELS = {"width": 1200, "height": 760}
PHONE = {"width": 390, "height": 780}


def start(page: SaysoPage) -> None:
    """Before a text."""
    page.tab.locator("#model").get_by_text("+").wait_for()


def reading(page: SaysoPage) -> None:
    """A marked article, from its top."""
    page.tab.get_by_role("button", name="The ferry").click()
    page.wait()
    _scroll(page.tab, "#report")


def note(page: SaysoPage) -> None:
    """The card of a finding."""
    reading(page)
    page.tab.locator("#findings button").nth(4).click()


def labels(page: SaysoPage) -> None:
    """The guide."""
    page.tab.set_viewport_size(LABELS)  # type: ignore[arg-type]
    _scroll(page.tab, "#about-title")


def dark(page: SaysoPage) -> None:
    """Dark mode."""
    page.tab.emulate_media(color_scheme="dark")
    page.tab.get_by_role("button", name="The arena").click()
    page.wait()
    page.tab.locator("#findings button").nth(3).click()


def phone(page: SaysoPage) -> None:
    """On a small screen."""
    page.tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.tab.get_by_role("button", name="The spray").click()
    page.wait()
    page.tab.locator("#findings button").nth(1).click()


SCENES: dict[str, Callable[[SaysoPage], None]] = {
    "page-start": start,
    "page-reading": reading,
    "page-note": note,
    "page-labels": labels,
    "page-dark": dark,
    "page-phone": phone,
}


def _scroll(tab: Page, to: str) -> None:
    tab.locator(to).evaluate("(one) => one.scrollIntoView({ behavior: 'instant' })")
    tab.evaluate("() => document.activeElement.blur()")


def take(context: BrowserContext, url: str) -> None:
    """All of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, scene in SCENES.items():
        tab = context.new_page()
        scene(SaysoPage(tab, url))
        tab.wait_for_timeout(300)  # until all is drawn
        path = FOLDER / f"{name}.png"
        tab.screenshot(path=path)
        tab.close()
        print(path.relative_to(ROOT))  # noqa: T201


def main() -> None:
    """Start a server and a browser, and take the pictures."""
    with (
        TemporaryDirectory(prefix="sayso-pictures-", ignore_cleanup_errors=True) as profile,
        sayso() as server,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=False,
            args=[*ARGUMENTS, "--hide-scrollbars"],
            viewport=WINDOW,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        take(context, server.url)
        context.close()


if __name__ == "__main__":
    main()
