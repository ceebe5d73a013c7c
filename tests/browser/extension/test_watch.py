"""Pages that change after they were marked."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from sayso.labels import LABELS
from tests.browser.extension.extension_driver import Extension, Visit, painted, words_of
from tests.browser.extension.recording_proxy import Recorder

QUIET = 1_200
"""Milliseconds after which a change has been noticed."""


def until(holds: Callable[[], bool], page: Page, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()


def texts(recorder: Recorder) -> list[str]:
    return [one.body["text"] for one in recorder.scored()]


def test_a_page_that_renders_again_is_marked_again_without_a_request(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    extension.mark(page)
    expected, asked = painted(page), len(recorder.asked)
    for _ in range(3):
        page.evaluate("rerender()")
        until(lambda: painted(page) == expected, page)
    assert len(recorder.asked) == asked


def test_another_story_is_not_sent_without_another_click(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    first = painted(page)
    page.evaluate("go('school')")
    until(lambda: painted(page) == dict.fromkeys(LABELS, ""), page)
    page.wait_for_timeout(QUIET)
    assert len(texts(recorder)) == 1
    state = extension.state(tab)
    assert state
    assert state["unread"] > 100
    assert state["findings"] == []

    extension.mark(page)
    assert len(texts(recorder)) == 2
    assert painted(page)["unverified_attribution"] == "Itisbelieved"
    page.evaluate("go('bridge')")
    page.wait_for_timeout(QUIET)
    extension.mark(page)
    assert painted(page) == first
    assert len(texts(recorder)) == 2  # cached


def test_of_a_changed_page_only_new_text_is_sent(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    expected = painted(page)
    page.evaluate("extend('The 🌉 bridge may be painted, insiders said.')")
    until(lambda: bool((extension.state(tab) or {})["unread"]), page)
    assert painted(page) == expected

    extension.mark(page)
    assert texts(recorder)[1:] == ["The 🌉 bridge may be painted, insiders said."]
    named = words_of(recorder.named(recorder.thresholds()))
    assert painted(page) == named != expected


def test_a_corrected_sentence_loses_its_mark_at_once(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    extension.mark(page)
    assert "could" in painted(page)["hedging"]
    page.evaluate("correct(0, 'The toll on the Aldham bridge stays as it is.')")
    until(lambda: "could" not in painted(page)["hedging"], page)
    assert len(texts(recorder)) == 1


def test_new_posts_of_a_live_blog_wait_for_a_click(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("live-blog.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    expected = painted(page)
    page.evaluate("addPost('12.10', 'The pier might be lost, sources at the port said.')")
    until(lambda: bool((extension.state(tab) or {})["unread"]), page)
    assert painted(page) == expected
    assert len(texts(recorder)) == 1


def test_new_posts_are_marked_as_they_come_if_chosen(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    extension.choose(server=recorder.url, follow=True)
    page = visit("live-blog.html")
    extension.mark(page)
    page.evaluate("addPost('12.10', 'The pier might be lost, sources at the port said.')")
    until(lambda: "might" in painted(page)["hedging"], page)
    page.evaluate("addPost('12.30', 'The mast could fall next.')")
    until(lambda: "could" in painted(page)["hedging"], page)
    first, *rest = texts(recorder)
    assert "The worst is thought" in first
    assert len(rest) == 2
    assert not any("The worst is thought" in text for text in rest)


def test_a_page_that_changes_while_it_is_read_is_marked_correctly(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("long-read.html?words=3000")
    tab = extension.tab_of(page)
    extension.click(page)
    until(lambda: bool(painted(page)["hedging"]), page)
    page.evaluate("document.querySelectorAll('article p')[1].remove()")
    page.evaluate("document.querySelector('article p').prepend('Now. ')")
    extension.wait(tab)
    page.wait_for_timeout(QUIET)
    extension.mark(page)
    before = painted(page)
    extension.forget()
    fresh = visit("long-read.html?words=3000")
    fresh.evaluate("document.querySelectorAll('article p')[1].remove()")
    fresh.evaluate("document.querySelector('article p').prepend('Now. ')")
    extension.mark(fresh)
    assert painted(fresh) == before


def test_thresholds_and_labels_apply_at_once_without_a_request(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("news.html")
    extension.mark(page)
    asked, all_marks = len(recorder.asked), painted(page)
    save = "(settings) => chrome.storage.local.set({settings})"
    own = {"loaded_framing": 0.05}
    chosen = {"server": recorder.url, "labels": list(own), "thresholds": own}
    extension.worker.evaluate(save, chosen)
    until(lambda: not painted(page)["hedging"], page)
    never = {"hedging": 2, "unverified_attribution": 2}
    until(lambda: painted(page) == words_of(recorder.named(own | never)), page)
    assert len(painted(page)["loaded_framing"]) > len(all_marks["loaded_framing"])
    extension.worker.evaluate(save, {"server": recorder.url})
    until(lambda: painted(page) == all_marks, page)
    assert len(recorder.asked) == asked


def test_a_readers_own_colour(extension: Extension, recorder: Recorder, visit: Visit) -> None:
    extension.choose(server=recorder.url, colours={"hedging": "#00aa00"})
    page = visit("app.html")
    extension.mark(page)
    rules = "[...document.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules])"
    texts = page.evaluate(f"{rules}.map((rule) => rule.cssText)")
    assert any("sayso-hedging" in one and "rgb(204, 238, 204)" in one for one in texts)


def another_model(info: dict[str, Any]) -> None:
    info["model"]["model"] = "another-1+1"


def test_for_another_model_all_text_is_sent_again(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    page.evaluate("extend('The bridge may be painted, insiders said.')")
    until(lambda: bool((extension.state(tab) or {})["unread"]), page)
    recorder.change_info = another_model
    extension.choose(server=recorder.url)  # the info of a server is kept for some minutes
    extension.click(page)
    whole = f"{texts(recorder)[0]}\nThe bridge may be painted, insiders said."
    until(lambda: texts(recorder)[-1] == whole, page)
    extension.wait(tab)

    asked = len(texts(recorder))
    recorder.change_info = lambda info: info["model"].update(model="a third-1+1")
    extension.choose(server=recorder.url)
    extension.click(visit("app.html"))
    until(lambda: len(texts(recorder)) > asked, page)


def ink(page: Page) -> str:
    look = "getComputedStyle(document.querySelector('article p'), '::highlight(sayso-hedging)')"
    colour: str = page.evaluate(f"{look}.backgroundColor")
    return colour


def test_marks_follow_the_sites_own_dark_mode(extension: Extension, visit: Visit) -> None:
    page = visit("app.html")
    extension.mark(page)
    light = ink(page)
    page.evaluate("document.body.style.cssText = 'background: #111; color: #eee'")
    until(lambda: ink(page) != light, page)
    page.evaluate("document.body.style.cssText = ''")
    until(lambda: ink(page) == light, page)


def test_a_frame_that_navigates_loses_its_marks_and_its_new_text_waits(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("frames.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    assert "reportedly" in painted(page)["unverified_attribution"]
    page.evaluate("document.querySelector('iframe').src = 'live-blog.html'")
    until(lambda: bool((extension.state(tab) or {})["unread"]), page)
    assert "reportedly" not in painted(page)["unverified_attribution"]
    assert len(texts(recorder)) == 1
    extension.mark(page)
    assert "The worst is thought" in texts(recorder)[1]
    assert "thought" in page.frames[1].evaluate(
        "[...CSS.highlights.get('sayso-hedging')].concat("
        "[...CSS.highlights.get('sayso-unverified_attribution')]).join(' ')"
    )
