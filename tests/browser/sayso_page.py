"""The page at `/`, and the actions of a test."""

import re
from typing import Any

from playwright.sync_api import Page, Request, expect

TEXT = (
    "Dam at Orrin may fail\n\n"
    "Officials said the dam could fail. “A catastrophe 🌊👩\u200d👩\u200d👧,” Ann Pell said.\n\n"
    "The council meets on Monday. In a shameful act, it sold the forest."
)

# Painted words of the page by label, in the order of the text.
_PAINTED = """
() => Object.fromEntries([...CSS.highlights].map(([name, highlight]) => [
  name.replace("sayso-", ""),
  [...highlight]
    .sort((a, b) => a.compareBoundaryPoints(Range.START_TO_START, b))
    .map((range) => range.toString()),
]))
"""


class SaysoPage:
    """A tab with the page, and its requests."""

    def __init__(self, tab: Page, url: str) -> None:
        self.tab = tab
        self.url = url
        self.requests: list[Request] = []
        self.console: list[str] = []
        self.may_block = False
        """Whether the console may report that the policy has blocked pasted HTML."""
        tab.on("request", lambda one: self.requests.append(one))
        tab.on("console", lambda one: self.console.append(one.text))
        tab.goto(url)

    def read(self, text: str = TEXT) -> None:
        """Put a text in and read it to its end."""
        self.tab.locator("#text").fill(text)
        self.tab.get_by_role("button", name="Mark it").click()
        self.wait()

    def wait(self) -> None:
        expect(self.tab.locator("#status")).to_have_text(re.compile("Done|Stopped"), timeout=60_000)

    def painted(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.tab.evaluate(_PAINTED)
        return {label: words for label, words in found.items() if words}

    def listed(self) -> list[str]:
        return self.tab.locator("#findings .words").all_inner_texts()

    def middle_of(self, label: str) -> tuple[float, float]:
        """Where the first mark of a label is, in the viewport."""
        box: dict[str, Any] = self.tab.evaluate(
            """(label) => {
              const [range] = CSS.highlights.get(`sayso-${label}`);
              const { parentElement } = range.startContainer;
              parentElement.scrollIntoView({ block: "center", behavior: "instant" });
              const { left, top, width, height } = range.getClientRects()[0];
              return { x: left + width / 2, y: top + height / 2 };
            }""",
            label,
        )
        return box["x"], box["y"]
