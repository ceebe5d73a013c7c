"""Errors of the extension: a message in plain words, and a remedy."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from sayso.labels import LABELS
from serving.load.server import Server, free_port
from tests.browser.chromium import KEY
from tests.browser.extension.extension_driver import (
    Extension,
    Visit,
    build,
    painted,
    running,
    words_of,
)
from tests.browser.extension.recording_proxy import Recorder, Reply, recording
from tests.browser.fixture_site import elsewhere

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}
INFO, STREAM = "/v1/info", "/v1/score/stream"


def error(code: str, **more: object) -> bytes:
    detail = {"code": code, "message": f"{code} it is", **more}
    return json.dumps({"error": detail, "request_id": "r1"}).encode()


def click_and_read(extension: Extension, page: Page) -> tuple[str, str, str]:
    """Click, and what the panel says then: the error's kind, its message and the remedy."""
    tab = extension.tab_of(page)
    extension.click(page)
    kind = extension.wait_for_error(tab)
    with extension.page(f"panel.html?tab={tab}") as panel:
        box = panel.get_by_role("alert")
        expect(box).to_be_visible()
        message = box.locator("p").first.inner_text()
        remedy = box.get_by_role("button")
        return kind, message, remedy.inner_text() if remedy.count() else ""


@pytest.mark.parametrize(
    ("path", "reply", "kind", "message", "remedy"),
    [
        (
            INFO,
            Reply(404, b"<p>no</p>", HTML),
            "not_sayso",
            "not a Sayso server",
            "Open the options",
        ),
        (
            INFO,
            Reply(200, b"<p>hi</p>", HTML),
            "not_sayso",
            "not a Sayso server",
            "Open the options",
        ),
        (STREAM, Reply(404, error("not_found"), JSON), "too_old", "too old", ""),
        (STREAM, Reply(422, error("invalid_request"), JSON), "too_old", "too old", ""),
        (STREAM, Reply(503, error("overloaded"), JSON), "busy", "is busy", "Try again"),
        (
            STREAM,
            Reply(500, error("internal_error"), JSON),
            "broken",
            "in the log under r1",
            "Try again",
        ),
        (
            STREAM,
            Reply(429, error("too_many_requests"), JSON | {"retry-after": "600"}),
            "too_often",
            "Try again in 600 seconds",
            "Try again",
        ),
        (
            STREAM,
            Reply(200, b"", {"content-type": "application/x-ndjson"}),
            "broke_off",
            "broke off",
            "Try again",
        ),
    ],
)
def test_a_server_with_an_error(
    extension: Extension,
    recorder: Recorder,
    visit: Visit,
    path: str,
    reply: Reply,
    kind: str,
    message: str,
    remedy: str,
) -> None:
    recorder.misbehave = lambda asked, _body: reply if asked == path else None
    page = visit("app.html")
    found = click_and_read(extension, page)
    assert (found[0], found[2]) == (kind, remedy)
    assert message in found[1]
    assert painted(page) == dict.fromkeys(LABELS, "")

    recorder.misbehave = lambda _asked, _body: None  # all is well again: a click is enough
    extension.mark(page)
    assert painted(page) == words_of(recorder.named(recorder.thresholds()))


@pytest.mark.parametrize("missing", ["offset_units", "labels"])
def test_a_server_that_is_too_old(
    extension: Extension, recorder: Recorder, visit: Visit, missing: str
) -> None:
    recorder.change_info = lambda info: info.update({missing: []})
    kind, message, _ = click_and_read(extension, visit("app.html"))
    assert kind == "too_old"
    assert message == (
        "This Sayso server is too old for the extension. Its operator can update it."
    )
    assert [one.path for one in recorder.asked] == [INFO]


def test_a_server_that_is_down(extension: Extension, visit: Visit) -> None:
    extension.choose(server=f"http://127.0.0.1:{free_port()}")
    kind, message, remedy = click_and_read(extension, visit("app.html"))
    assert kind == "unreachable"
    assert message == "The server does not answer. Is it running, and is its address right?"
    assert remedy == "Try again"


def test_no_server(extension: Extension, recorder: Recorder, visit: Visit) -> None:
    extension.choose()
    page = visit("app.html")
    assert click_and_read(extension, page) == (
        "no_server",
        "Choose a Sayso server first.",
        "Open the options",
    )


def test_keys(extension: Extension, locked_server: Server, visit: Visit) -> None:
    with recording(locked_server.url) as recorder:
        extension.choose(server=recorder.url)
        kind, message, remedy = click_and_read(extension, visit("app.html"))
        assert (kind, remedy) == ("key_needed", "Open the options")
        assert message == "The server asks for a key."
        extension.choose(server=recorder.url, key="another")
        assert click_and_read(extension, visit("app.html"))[:2] == (
            "key_unknown",
            "The server does not know this key.",
        )
        extension.choose(server=recorder.url, key=KEY)
        page = visit("app.html")
        extension.mark(page)
        assert painted(page)["hedging"]
        assert recorder.asked[-1].headers["authorization"] == f"Bearer {KEY}"
        stored = page.evaluate("JSON.stringify([{...localStorage}, document.cookie])")
        assert KEY not in stored + page.content()


def test_a_page_over_the_limit_is_sent_in_several_requests(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    recorder.change_info = lambda info: info["limits"].update(text_characters=4_000)
    page = visit("long-read.html?words=2000")
    state = extension.mark(page)
    parts = [one.body["text"] for one in recorder.scored()]
    assert len(parts) > 2
    assert all(len(part) <= 4_000 for part in parts)
    assert all(part.endswith(("\n", ".")) for part in parts)
    assert painted(page) == words_of(recorder.named(recorder.thresholds()))
    assert state["summary"]["sentences"] > 100


def test_a_limit_that_only_the_refusal_names(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    def refuse(path: str, body: Any) -> Reply | None:
        if path == STREAM and len(body["text"]) > 3_000:
            return Reply(413, error("text_too_long", limit=3_000, field="text"), JSON)
        return None

    recorder.misbehave = refuse
    page = visit("long-read.html?words=1500")
    extension.mark(page)
    assert len(recorder.scored()) > 2
    assert painted(page) == words_of(recorder.named(recorder.thresholds()))


def test_after_an_answer_that_broke_off_only_the_rest_is_sent(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    sentence = "The toll on the Aldham bridge could rise by a third in January, the operator said"

    def break_off(path: str, body: Any) -> Reply | None:
        if path != STREAM:
            return None
        start = body["text"].index(sentence)
        cue = start + sentence.index("could")
        line = {
            "index": 0,
            "start": start,
            "end": body["text"].index("\n", start),
            "scores": {"hedging": 0.9, "unverified_attribution": 0, "loaded_framing": 0},
            "flags": ["hedging"],
            "evidence": [
                {"label": "hedging", "start": cue, "end": cue + 5, "score": 0.9, "quoted": False}
            ],
            "kind": None,
        }
        content = json.dumps({"sentence": line}).encode() + b"\n"
        return Reply(200, content, {"content-type": "application/x-ndjson"})

    recorder.misbehave = break_off
    assert click_and_read(extension, page)[0] == "broke_off"
    assert painted(page)["hedging"] == "could"

    recorder.misbehave = lambda _path, _body: None
    recorder.asked.clear()
    extension.mark(page)
    [asked] = recorder.scored()
    assert sentence not in asked.body["text"]
    assert "People close to the talks" in asked.body["text"]
    assert "could" in painted(page)["hedging"]


def test_a_page_without_text(extension: Extension, recorder: Recorder, visit: Visit) -> None:
    page = visit("app.html")
    page.evaluate("document.body.replaceChildren()")
    kind, message, _ = click_and_read(extension, page)
    assert kind == "no_text"
    assert message == "There is no text to mark on this page."
    assert recorder.asked == []


def test_a_page_of_the_browser_itself(extension: Extension, recorder: Recorder) -> None:
    page = extension.context.new_page()
    page.goto("chrome://version")
    kind, message, _ = click_and_read(extension, page)
    page.close()
    assert kind == "not_here"
    assert message == "The browser does not let extensions read this page."
    assert recorder.asked == []


def test_another_page_in_the_same_tab_needs_another_click(
    extension: Extension, recorder: Recorder, visit: Visit
) -> None:
    page = visit("app.html")
    tab = extension.tab_of(page)
    extension.mark(page)
    asked = len(recorder.asked)
    page.goto("data:text/html,<title>Other</title><p>It may rain, officials said.")
    assert extension.state(tab) is None
    with extension.page(f"panel.html?tab={tab}") as panel:
        expect(panel.get_by_role("status")).to_have_text(
            "Nothing is read or sent before you ask for it."
        )
        panel.get_by_role("button", name="Mark this page").click()
        expect(panel.get_by_role("alert")).to_contain_text("only after a click on its button")
    assert len(recorder.asked) == asked


def test_without_the_browsers_permission_nothing_is_sent(
    playwright: Playwright, recorder: Recorder, site: str, tmp_path: Path
) -> None:
    """The extension as it is released: it may ask no server before the reader allows it."""
    with running(playwright, build(tmp_path / "released")) as released:
        manifest = released.worker.evaluate("chrome.runtime.getManifest()")
        assert "host_permissions" not in manifest
        released.choose(server=recorder.url)
        page = released.context.new_page()
        page.goto(elsewhere(site) + "/app.html")
        kind, message, remedy = click_and_read(released, page)
        assert (kind, remedy) == ("no_permission", "Allow it")
        assert message == "The browser has not allowed this server yet."
        assert recorder.asked == []
        assert released.state(released.tab_of(page)) is None
