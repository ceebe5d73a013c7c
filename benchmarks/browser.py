"""Main-thread time of marking: `python -m benchmarks.browser [--rounds N] [--output FILE]`.

Chromium's own trace of the page's main thread, from before the click to after the last mark: the
extension on articles of 1,000 and 8,000 words, on 1,000 words in a page of 15,000 elements, and the
page of the service with 1,000 words. A trace has all tasks, including those of the extension's
scripts, which `PerformanceObserver("longtask")` in the page does not see. The wall-clock time of a
task includes other programs that run meanwhile; its CPU time does not. No task should take 50 ms.

Needs Chromium and, for the extension, Node.js.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.command import new_parser, write
from benchmarks.table import ResultTable
from benchmarks.timing import interleave
from serving.load.server import sayso
from tests.browser.extension.extension_driver import SERVERS, Extension, build, running
from tests.browser.fixture_site import elsewhere, fixture_site
from tests.browser.sayso_page import SaysoPage

LONG = 50.0
"""Milliseconds from which a task is noticeable."""
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
SETTLED = 300
"""Milliseconds after which a page is idle."""
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
class MainThreadFigures:
    """Milliseconds of the main thread; a long task takes 50 ms or more."""

    longest_by_clock: float
    longest_in_processor: float
    long_by_clock: int
    long_in_processor: int
    all_in_processor: float
    styled_at_once: int
    """The most elements in one style recalculation."""
    marks: int


@contextmanager
def tracing(page: Page) -> Iterator[Callable[[], MainThreadFigures]]:
    """Trace a page; the value is a function that ends the trace and summarizes it."""
    browser = page.context.browser
    assert browser
    page.wait_for_timeout(SETTLED)
    browser.start_tracing(page=page, categories=CATEGORIES)
    yield lambda: end_trace(browser, page)


def end_trace(browser: Browser, page: Page) -> MainThreadFigures:
    """End the trace of a page and summarize it."""
    page.wait_for_timeout(SETTLED)
    events = main_thread(json.loads(browser.stop_tracing())["traceEvents"], page.url)
    # A task without a duration was running when the trace started or ended.
    tasks = [
        event for event in events if event["name"] == "RunTask" and {"dur", "tdur"} <= event.keys()
    ]
    stylings = [event["args"] for event in events if event["name"] == "UpdateLayoutTree"]
    clock = [task["dur"] / 1000 for task in tasks]
    processor = [task["tdur"] / 1000 for task in tasks]
    return MainThreadFigures(
        longest_by_clock=max(clock),
        longest_in_processor=max(processor),
        long_by_clock=sum(task >= LONG for task in clock),
        long_in_processor=sum(task >= LONG for task in processor),
        all_in_processor=sum(processor),
        styled_at_once=max(styling.get("elementCount", 0) for styling in stylings),
        marks=page.evaluate(MARKS),
    )


def main_thread(events: list[dict[str, Any]], url: str) -> list[dict[str, Any]]:
    """The events of the page's main thread, with times in microseconds."""
    starts = [
        event["args"]["data"] for event in events if event["name"] == "TracingStartedInBrowser"
    ]
    frames = [frame for start in starts for frame in start["frames"]]
    [process] = {frame["processId"] for frame in frames if frame["url"] == url}
    [thread] = {
        event["tid"]
        for event in events
        if event["name"] == "thread_name"
        and event["args"]["name"] == "CrRendererMain"
        and event["pid"] == process
    }
    return [event for event in events if (event["pid"], event["tid"]) == (process, thread)]


def measure_extension(extension: Extension, address: str, _: int) -> MainThreadFigures:
    """One click on the extension's button, on a page without cached answers."""
    extension.forget()
    page = extension.context.new_page()
    page.goto(address, wait_until="networkidle")
    tab = extension.tab_of(page)
    with tracing(page) as end:
        extension.click(page)
        extension.wait(tab)
        found = end()
    page.close()
    return found


def measure_service(extension: Extension, url: str, _: int) -> MainThreadFigures:
    """One text pasted into the page at `/`, with list and summary."""
    tab = extension.context.new_page()
    page = SaysoPage(tab, url)
    days = range(70)
    text = " ".join(f"On day {day} officials said that dam {day * 7} might fail." for day in days)
    tab.locator("#text").fill(text + " It may be so." * 50)
    with tracing(tab) as end:
        tab.locator("#mark").click()
        page.wait()
        found = end()
    tab.close()
    return found


def measure(rounds: int) -> dict[str, list[MainThreadFigures]]:
    """All pages, in one browser and with one server."""
    with (
        TemporaryDirectory(prefix="sayso-extension-") as folder,
        sayso() as server,
        fixture_site() as site,
        sync_playwright() as playwright,
        running(playwright, build(Path(folder), SERVERS)) as extension,
    ):
        extension.choose(server=server.url)
        measurements: dict[str, Callable[[int], MainThreadFigures]] = {
            name: partial(measure_extension, extension, f"{elsewhere(site)}/{page}")
            for name, page in ARTICLES.items()
        }
        measurements[SERVICE] = partial(measure_service, extension, server.url)
        return interleave(measurements, rounds)


def table(found: dict[str, list[MainThreadFigures]]) -> ResultTable:
    """Medians, and the worst of all rounds."""
    rows = []
    for name, rounds in found.items():
        processor = [figures.longest_in_processor for figures in rounds]
        clock = [figures.longest_by_clock for figures in rounds]
        long_in_processor = sum(figures.long_in_processor for figures in rounds)
        long_by_clock = sum(figures.long_by_clock for figures in rounds)
        row = (
            name,
            f"{median(processor):.0f} ({max(processor):.0f})",
            f"{median(clock):.0f} ({max(clock):.0f})",
            f"{long_in_processor} CPU, {long_by_clock} clock",
            f"{median(figures.all_in_processor for figures in rounds):.0f}",
        )
        rows.append(row)
    head = ("ms, median (worst)", "longest, CPU", "longest, clock", "≥ 50 ms", "all, CPU")
    return ResultTable("Tasks of the main thread", head, rows)


def main() -> None:
    """Run the measurement from the command line."""
    parser = new_parser("Measure the main-thread time of marking a page.")
    parser.add_argument("--rounds", type=int, default=5, help="clicks on each page (5)")
    options = parser.parse_args()

    found = measure(options.rounds)
    table(found).show()
    figures = {name: [asdict(one) for one in rounds] for name, rounds in found.items()}
    write(figures, options.output)


if __name__ == "__main__":
    main()
