"""Marks while the page changes."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.chromium import Ask, OpenPage
from tests.browser.page_scripts import collected

# Watches as the extension does: known sentences stay, new text is noted and not sent.
_WATCH = """
() => {
  sayso.unread = [];
  sayso.calls = 0;
  sayso.thresholds = { hedging: 0.3, unverified_attribution: 0.3, loaded_framing: 0.3 };
  sayso.watcher = new sayso.Watcher(sayso.collected, {
    findRoot: sayso.root,
    onChange: async (collected) => {
      const before = sayso.collected.text;
      const { sentences, unread } = sayso.carryOver(sayso.sentences, before, collected.text);
      sayso.collected = collected;
      sayso.unread = unread.map(({ start, end }) => collected.text.slice(start, end).trim());
      await sayso.mark(sentences, sayso.thresholds);
      sayso.calls++;
    },
  });
}
"""


def watched(open_page: OpenPage, ask: Ask, name: str) -> Page:
    page = open_page(name)
    sentences = ask(collected(page))
    page.evaluate(
        "(all) => sayso.mark(all, { hedging: .3, unverified_attribution: .3 })", sentences
    )
    page.evaluate(_WATCH)
    return page


def words(page: Page) -> list[str]:
    painted: list[dict[str, Any]] = page.evaluate("() => sayso.painted()")
    return sorted(one["words"] for one in painted if one["shown"])


def change(page: Page, what: str) -> None:
    """Change the page, and wait until the watcher has seen it."""
    calls = page.evaluate("() => sayso.calls")
    page.evaluate(what)
    page.wait_for_function("(calls) => sayso.calls > calls", arg=calls)


def test_rendered_text_is_marked_again(open_page: OpenPage, ask: Ask) -> None:
    page = watched(open_page, ask, "app.html")
    before = words(page)
    assert len(before) > 1
    change(page, "() => rerender()")
    assert words(page) == before
    assert page.evaluate("() => sayso.unread") == []


def test_only_new_text_is_unread(open_page: OpenPage, ask: Ask) -> None:
    page = watched(open_page, ask, "app.html")
    before = words(page)
    change(page, "() => extend('A second bridge might follow.')")
    assert words(page) == before
    assert page.evaluate("() => sayso.unread") == ["A second bridge might follow."]


def test_corrected_text_loses_its_marks_at_once(open_page: OpenPage, ask: Ask) -> None:
    page = watched(open_page, ask, "app.html")
    page.evaluate("() => correct(0, 'The toll rises in January.')")
    assert "could" not in words(page)  # a live range of changed text is empty, before anyone looks
    page.wait_for_function("() => sayso.calls > 0")
    assert "could" not in words(page)
    assert page.evaluate("() => sayso.unread") == ["The toll rises in January."]


def test_another_article_is_found_after_the_old_one_is_removed(
    open_page: OpenPage, ask: Ask
) -> None:
    page = watched(open_page, ask, "app.html")
    change(page, "() => go('school')")
    assert words(page) == []
    assert "School roof closed off" in page.evaluate("() => sayso.unread")[0]


def test_posts_of_a_live_blog_keep_their_marks(open_page: OpenPage, ask: Ask) -> None:
    page = watched(open_page, ask, "live-blog.html")
    before = words(page)
    change(page, "() => addPost('11.55', 'The bridge may be next.')")
    assert words(page) == before
    assert page.evaluate("() => sayso.unread") == ["11.55\nThe bridge may be next."]


def test_changes_beside_the_article_do_nothing(open_page: OpenPage, ask: Ask) -> None:
    page = watched(open_page, ask, "app.html")
    page.evaluate("() => tick()")
    page.wait_for_timeout(400)
    assert page.evaluate("() => sayso.calls") == 0


def test_after_the_stop_nothing_is_watched(open_page: OpenPage, ask: Ask) -> None:
    page = watched(open_page, ask, "app.html")
    page.evaluate("() => sayso.watcher.stop()")
    page.evaluate("() => extend('It may rain.')")
    page.wait_for_timeout(400)
    assert page.evaluate("() => sayso.calls") == 0
