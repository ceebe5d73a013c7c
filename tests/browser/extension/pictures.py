"""Takes the pictures of the extension in `docs/pictures`:
`python -m tests.browser.extension.pictures`.

They show a marked page and, beside it, what the browser shows in its side panel. The browser's own
frame is not in them: no program can take a picture of it.
"""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from serving.load.server import sayso
from tests.browser.extension.extension_driver import SERVERS, Extension, build, running
from tests.browser.fixture_site import elsewhere, fixture_site
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "pictures"
PAGE = {"width": 860, "height": 1120}
PANEL = {"width": 400, "height": 1120}
OPTIONS = {"width": 760, "height": 1240}
ADDRESS = "http://127.0.0.1:8000"
"""Where `sayso serve` answers; the server of the pictures has another port."""
RULE = 2
"""Pixels between page and panel."""


def picture(page: Page) -> Image.Image:
    page.wait_for_timeout(400)  # until all is drawn
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def beside(extension: Extension, address: str, scheme: str, chosen: int) -> Image.Image:
    """A marked page and its panel, with one finding chosen."""
    page = extension.context.new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size(PAGE)  # type: ignore[arg-type]
    page.goto(address, wait_until="networkidle")
    tab = extension.tab_of(page)
    findings = extension.mark(page)["findings"]
    with extension.page(f"panel.html?tab={tab}") as panel:
        panel.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        panel.set_viewport_size(PANEL)  # type: ignore[arg-type]
        panel.locator("#findings > li").nth(len(findings) - 1).wait_for()
        panel.locator("#findings button").nth(chosen).click()
        panel.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
        right = picture(panel)
    page.bring_to_front()
    left = picture(page)
    page.close()
    whole = Image.new("RGB", (left.width + RULE + right.width, left.height), "#77828d")
    whole.paste(left, (0, 0))
    whole.paste(right, (left.width + RULE, 0))
    return whole


def options(extension: Extension) -> Image.Image:
    """The options page, with the connection tested."""
    with extension.page("options.html") as page:
        page.set_viewport_size(OPTIONS)  # type: ignore[arg-type]
        page.get_by_role("button", name="Test the connection").click()
        page.get_by_text("The server answers.").wait_for()
        page.get_by_label("Address").fill(ADDRESS)
        page.evaluate("() => document.activeElement.blur()")
        return picture(page)


def save(name: str, image: Image.Image) -> None:
    path = FOLDER / f"{name}.png"
    image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.relative_to(ROOT))  # noqa: T201


def main() -> None:
    """Start a server, a site and a browser, and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="sayso-extension-") as folder,
        sayso() as server,
        fixture_site() as pages,
        sync_playwright() as playwright,
        running(playwright, build(Path(folder), SERVERS), "--hide-scrollbars") as extension,
    ):
        extension.choose(server=server.url)
        save("extension-light", beside(extension, f"{elsewhere(pages)}/picture.html", "light", 1))
        save("extension-dark", beside(extension, f"{elsewhere(pages)}/picture.html", "dark", 0))
        save("extension-options", options(extension))


if __name__ == "__main__":
    main()
