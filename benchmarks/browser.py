"""How long marking keeps a page busy: `python -m benchmarks.browser [--rounds N] [--output FILE]`.

Chromium's own trace of the page's main thread, from before the click to after the last mark: the
extension on articles of 1,000 and 8,000 words, on 1,000 words in a page of 15,000 elements, and the
page of the service with 1,000 words. A trace knows all tasks, those of the extension's scripts too,
to which `PerformanceObserver("longtask")` in the page is blind. A task lasts on by the clock while
the system runs other programs; its processor time does not. None should take 50 ms.

Needs Chromium and, for the extension, Node.js.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.speed.command import write
from serving.load.server import sayso
from tests.browser.extension.extension_driver import SERVERS, Extension, build, running
from tests.browser.fixture_site import elsewhere, fixture_site
from tests.browser.sayso_page import SaysoPage

LONG = 50.0
"""Milliseconds from which on a task is felt."""
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
SETTLED = 300
"""Milliseconds after which a page has nothing more to do."""
LARGE = "1,000 words, 15,000 elements"
ARTICLES = {
    "1,000 words": "long-read.html?words=1000",
    "8,000 words": "long-read.html?words=8000",
    LARGE: "long-read.html?words=1000&links=3000",
    "the same, no article element": "long-read.html?words=1000&links=3000&plain",
}
SERVICE = "page at /, 1,000 words"
MARKS = "[...CSS.highlights].reduce((sum, [, {size}]) => sum + size, 0)"


@dataclass(frozen=True)
class Round:
    """Milliseconds of the main thread; a long task is one of 50 ms or more."""

    longest_by_clock: float
    longest_in_processor: float
    long_by_clock: int
    long_in_processor: int
    all_in_processor: float
    styled_at_once: int
    """Elements whose style the browser worked out in one go, at most."""
    marks: int


@contextmanager
def tracing(page: Page) -> Iterator[Callable[[], Round]]:
    """Gives what sums up the trace, once the page is marked."""
    browser = page.context.browser
    assert browser
    page.wait_for_timeout(SETTLED)
    browser.start_tracing(page=page, categories=CATEGORIES)
    yield lambda: summed_up(browser, page)


def summed_up(browser: Browser, page: Page) -> Round:
    """End the trace of a page."""
    page.wait_for_timeout(SETTLED)
    events = main_thread(json.loads(browser.stop_tracing())["traceEvents"], page.url)
    # Without a duration, a task was running when the trace began or ended.
    tasks = [one for one in events if one["name"] == "RunTask" and {"dur", "tdur"} <= one.keys()]
    stylings = [one["args"] for one in events if one["name"] == "UpdateLayoutTree"]
    clock = [one["dur"] / 1000 for one in tasks]
    processor = [one["tdur"] / 1000 for one in tasks]
    return Round(
        longest_by_clock=max(clock),
        longest_in_processor=max(processor),
        long_by_clock=sum(one >= LONG for one in clock),
        long_in_processor=sum(one >= LONG for one in processor),
        all_in_processor=sum(processor),
        styled_at_once=max(one.get("elementCount", 0) for one in stylings),
        marks=page.evaluate(MARKS),
    )


def main_thread(events: list[dict[str, Any]], url: str) -> list[dict[str, Any]]:
    """What the main thread of the page's process did, in microseconds."""
    starts = [one["args"]["data"] for one in events if one["name"] == "TracingStartedInBrowser"]
    frames = [frame for start in starts for frame in start["frames"]]
    [process] = {frame["processId"] for frame in frames if frame["url"] == url}
    [thread] = {
        one["tid"]
        for one in events
        if one["name"] == "thread_name"
        and one["args"]["name"] == "CrRendererMain"
        and one["pid"] == process
    }
    return [one for one in events if (one["pid"], one["tid"]) == (process, thread)]


def of_extension(extension: Extension, address: str) -> Round:
    """One click on the extension's button, on a page that no answer is known of."""
    extension.forget()
    page = extension.context.new_page()
    page.goto(address, wait_until="networkidle")
    tab = extension.tab_of(page)
    with tracing(page) as sum_up:
        extension.click(page)
        extension.wait(tab)
        found = sum_up()
    page.close()
    return found


def of_service(extension: Extension, url: str) -> Round:
    """One text that is pasted into the page at `/`, with list and summary."""
    tab = extension.context.new_page()
    page = SaysoPage(tab, url)
    days = range(70)
    text = " ".join(f"On day {day} officials said that dam {day * 7} might fail." for day in days)
    tab.locator("#text").fill(text + " It may be so." * 50)
    with tracing(tab) as sum_up:
        tab.locator("#mark").click()
        page.wait()
        found = sum_up()
    tab.close()
    return found


def measure(rounds: int) -> dict[str, list[Round]]:
    """Each page in turn, round after round, in one browser before one server."""
    found: dict[str, list[Round]] = {}
    with (
        TemporaryDirectory(prefix="sayso-extension-") as folder,
        sayso() as server,
        fixture_site() as site,
        sync_playwright() as playwright,
        running(playwright, build(Path(folder), SERVERS)) as extension,
    ):
        extension.choose(server=server.url)
        for _ in range(rounds):
            for name, page in ARTICLES.items():
                one = of_extension(extension, f"{elsewhere(site)}/{page}")
                found.setdefault(name, []).append(one)
            found.setdefault(SERVICE, []).append(of_service(extension, server.url))
    return found


def table(found: dict[str, list[Round]]) -> Table:
    """For people: medians, and the worst of all rounds."""
    shown = Table("ms, median (worst)", "longest, CPU", "longest, clock", "≥ 50 ms", "all, CPU")
    for name, rounds in found.items():
        processor = [one.longest_in_processor for one in rounds]
        clock = [one.longest_by_clock for one in rounds]
        long = sum(one.long_by_clock for one in rounds)
        shown.add_row(
            name,
            f"{median(processor):.0f} ({max(processor):.0f})",
            f"{median(clock):.0f} ({max(clock):.0f})",
            f"{sum(one.long_in_processor for one in rounds)} CPU, {long} clock",
            f"{median(one.all_in_processor for one in rounds):.0f}",
        )
    return shown


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description="Measure how long marking keeps a page busy.")
    parser.add_argument("--rounds", type=int, default=5, help="clicks on each page (5)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()

    found = measure(options.rounds)
    Console(width=100).print(table(found))
    figures = {name: [asdict(one) for one in rounds] for name, rounds in found.items()}
    write(figures, options.output)


if __name__ == "__main__":
    main()
