"""Errors on the page, and how it recovers."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from serving.load.server import Server, sayso
from tests.browser.chromium import KEY
from tests.browser.sayso_page import TEXT, SaysoPage

STREAM = "**/v1/score/stream"


def refuse(status: int, code: str, **headers: str) -> Callable[[Route], None]:
    body = json.dumps({"error": {"code": code, "message": "that cannot be"}, "request_id": "abc"})
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def fulfil(route: Route) -> None:
        route.fulfill(status=status, body=body, headers=named, content_type="application/json")

    return fulfil


@pytest.fixture
def page(tab: Page, live_server: Server) -> SaysoPage:
    """Without the check of the console: the browser reports refused requests there."""
    return SaysoPage(tab, live_server.url)


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (413, "body_too_large", "The text is too long for this server, even in parts."),
        (422, "invalid_request", "The server did not accept this text. It says: that cannot be."),
        (429, "too_many_requests", "The server received too many requests."),
        (503, "overloaded", "The server is busy."),
        (504, "too_slow", "The server is busy."),
        (500, "internal_error", "The server had an internal error. It says: that cannot be."),
    ],
)
def test_each_refusal_has_its_message(
    page: SaysoPage, status: int, code: str, message: str
) -> None:
    page.tab.route(STREAM, refuse(status, code))
    page.read()
    expect(page.tab.get_by_role("alert")).to_contain_text(message)
    assert page.painted() == {}


def test_after_an_error_the_reader_can_try_again(page: SaysoPage) -> None:
    page.tab.route(STREAM, refuse(503, "stopping"), times=1)
    page.read()
    page.tab.get_by_role("alert").get_by_role("button", name="Try again").click()
    expect(page.tab.locator("#status")).to_have_text(re.compile("^Done"))
    expect(page.tab.get_by_role("alert")).to_be_hidden()
    assert page.painted()


def test_the_page_waits_as_long_as_the_server_requests(page: SaysoPage) -> None:
    page.tab.route(STREAM, refuse(429, "too_many_requests", retry_after="2"), times=1)
    page.tab.locator("#text").fill(TEXT)
    page.tab.locator("#mark").click()
    expect(page.tab.locator("#status")).to_have_text("The server asks to wait 2 seconds…")
    page.wait()
    assert page.painted()
    assert sum("score" in one.url for one in page.requests) == 2


def test_a_server_that_does_not_answer_is_an_error(page: SaysoPage) -> None:
    page.tab.route(STREAM, lambda route: route.abort())
    page.read()
    expect(page.tab.get_by_role("alert")).to_contain_text("The server does not answer.")


def test_a_page_opened_before_the_server_is_ready_retries(tab: Page, live_server: Server) -> None:
    tab.route("**/v1/info", lambda route: route.abort(), times=1)
    page = SaysoPage(tab, live_server.url)
    expect(tab.get_by_role("alert")).to_contain_text("The server does not answer.")
    page.read()
    expect(tab.get_by_role("alert")).to_be_hidden()
    assert tab.locator("#model").inner_text()
    assert page.painted()


def test_a_new_text_aborts_the_former_request(page: SaysoPage) -> None:
    waiting: list[Route] = []
    page.tab.route(STREAM, lambda route: waiting.append(route), times=1)
    page.tab.locator("#text").fill("Never read. It may be.")
    page.tab.locator("#mark").click()
    expect(page.tab.locator("#status")).to_have_text("Reading…")
    page.tab.get_by_role("button", name="Another text").click()
    page.read("It could be.")
    assert page.painted() == {"hedging": ["could be"]}
    expect(page.tab.get_by_role("alert")).to_be_hidden()


def test_a_text_over_the_limit_is_scored_in_several_requests(tab: Page) -> None:
    with sayso(settings={"SAYSO_LIMITS__TEXT_CHARACTERS": "400"}) as small:
        page = SaysoPage(tab, small.url)
        text = "\n\n".join(
            f"On day {day} officials said that the dam could fail. 🌊" for day in range(40)
        )
        page.read(text)
        expect(tab.locator("#status")).to_have_text(re.compile("^Done: 80 marks"))
        asked = [one for one in page.requests if one.url.endswith("/stream")]
        assert len(asked) > 5
        assert page.painted()["hedging"] == ["could"] * 40
        assert len(page.painted()["unverified_attribution"]) == 40


def test_a_locked_server_gets_the_key_of_this_tab(tab: Page, locked_server: Server) -> None:
    page = SaysoPage(tab, locked_server.url)
    alert, field = tab.get_by_role("alert"), tab.get_by_role("textbox", name="Key")
    expect(alert).to_have_text("The server asks for a key. Enter a key in the field “Key”.")
    expect(field).to_be_focused()
    field.fill("wrong")
    field.press("Enter")
    expect(alert).to_contain_text("The server does not know this key.")
    field.fill(KEY)
    tab.get_by_role("button", name="Use it").click()
    expect(alert).to_be_hidden()
    page.read()
    assert set(page.painted()) == {"hedging", "unverified_attribution", "loaded_framing"}

    stored = tab.evaluate("() => [{ ...sessionStorage }, { ...localStorage }, document.cookie]")
    assert stored == [{"sayso-key": KEY}, {}, ""]
    assert all(KEY not in one.url for one in page.requests)
    sent = [one for one in page.requests if "authorization" in one.headers]
    assert sent
    assert all(one.url.startswith(f"{locked_server.url}/v1/") for one in sent)

    tab.reload()  # the tab still knows it
    page.read()
    tab.get_by_role("button", name="Another text").click()
    tab.get_by_text("Key", exact=True).first.click()
    tab.get_by_role("button", name="Forget it").click()
    expect(alert).to_contain_text("The server asks for a key.")
    assert tab.evaluate("() => sessionStorage.length") == 0
