"""The highlighter's own figures equal the server's."""

import httpx
import pytest
from playwright.sync_api import Page

from sayso.labels import LABELS
from serving.load.server import Server
from tests.browser.chromium import Ask, OpenPage

TEXT = (
    "Officials said the dam could fail.\n“It’s a catastrophe 🌊👩‍👩‍👧,” he claimed. "
    "e\u0301tude\u00a0reports say so.\n\nThe council meets on Monday, it is said."
)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("frame.html")


def test_figures_are_the_servers_own(page: Page, ask: Ask, live_server: Server) -> None:
    thresholds = dict.fromkeys(LABELS, 0.4)
    report = httpx.post(
        f"{live_server.url}/v1/score",
        json={"text": TEXT, "offset_unit": "utf16", "thresholds": thresholds},
        trust_env=False,
    ).json()["summary"]
    ours = page.evaluate(
        """([sentences, text, thresholds]) => {
          const findings = sayso.findFindings(sentences, text, thresholds);
          return sayso.summarize(sentences, text, findings);
        }""",
        [ask(TEXT), TEXT, thresholds],
    )
    assert sum(report["flagged"].values()) > 2
    for name in ("sentences", "words", "flagged", "kinds"):
        assert ours[name] == report[name]
    for name, precision in (("shares", 5e-5), ("densities", 5e-3)):
        assert ours[name] == pytest.approx(report[name], abs=precision)
    assert ours["mostMarked"] == report["most_marked"]
    marked = [len(places) for places in ours["positions"].values()]
    assert marked == list(report["flagged"].values())
    assert all(0 < one < 1 for places in ours["positions"].values() for one in places)
