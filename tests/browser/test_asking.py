"""How the highlighter asks a server, and what it makes of each answer."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import OpenPage

# A server of answers that are given out one after the other; `sent` is what was asked.
_ASK = """
async ([text, answers, options]) => {
  const { scoreStream } = await import("/highlighter/server.js");
  const log = { sentences: [], parts: [], waits: [], sent: [] };
  const fetch = async (url, request) => {
    log.sent.push({ url, headers: request.headers, body: JSON.parse(request.body) });
    const { status = 200, headers, body } = answers.shift();
    if (status === 0) throw new TypeError("no answer");
    const type = status === 200 ? "application/x-ndjson" : "application/json";
    return new Response(body, { status, headers: { "content-type": type, ...headers } });
  };
  const timers = globalThis.setTimeout;
  globalThis.setTimeout = (act, time) => timers(act, time > 60_000 ? time : 0); // no real pauses
  try {
    log.end = await scoreStream(text, {
      base: "http://sayso.test/", ...options, fetch,
      onSentences: (all) => log.sentences.push(...all),
      onPart: (done, parts) => log.parts.push([done, parts]),
      onWait: (seconds) => log.waits.push(seconds),
    });
  } catch (error) {
    log.problem = { kind: error.kind, message: error.message };
  } finally {
    globalThis.setTimeout = timers;
  }
  return log;
}
"""


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("frame.html")


def ask(page: Page, text: str, *answers: dict[str, Any], **options: Any) -> dict[str, Any]:
    log: dict[str, Any] = page.evaluate(_ASK, [text, list(answers), options])
    return log


WARNINGS = [
    {"code": "not_english", "message": "m", "sentence": None},
    {"code": "long_sentence", "message": "m", "sentence": 0},
]


def stream(*ends: int, last: dict[str, Any] | None = None) -> dict[str, Any]:
    """An answer whose sentences end there; the last line is that of a whole report."""
    lines: list[dict[str, Any]] = []
    for index, (start, end) in enumerate(zip((0, *ends), ends, strict=False)):
        evidence = [{"label": "hedging", "start": start, "end": end, "score": 1, "quoted": False}]
        sentence = {"index": index, "start": start, "end": end, "evidence": evidence}
        lines.append({"sentence": sentence | {"scores": {}, "flags": [], "kind": None}})
    lines.append(last or {"report": {"model": "m-1", "warnings": WARNINGS}})
    return {"body": "".join(json.dumps(line) + "\n" for line in lines)}


def refusal(
    status: int, code: str, headers: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    error = {"code": code, "message": "that cannot be", **more}
    body = json.dumps({"error": error, "request_id": "abc"})
    return {"status": status, "headers": headers or {}, "body": body}


def test_a_text_is_asked_for_with_low_thresholds_and_the_key(page: Page) -> None:
    log = ask(page, "One. Two.", stream(4, 9), key="secret", labels=["hedging"])
    assert log["sent"] == [
        {
            "url": "http://sayso.test/v1/score/stream",
            "headers": {"content-type": "application/json", "authorization": "Bearer secret"},
            "body": {
                "text": "One. Two.",
                "offset_unit": "utf16",
                "labels": ["hedging"],
                "thresholds": {"hedging": 0.05},
                "include_text": False,
            },
        }
    ]
    assert [one["end"] for one in log["sentences"]] == [4, 9]
    assert log["end"] == {"model": "m-1", "warnings": WARNINGS, "parts": 1, "sentences": 2}
    assert log["parts"] == log["waits"] == []


@pytest.mark.parametrize("known", [True, False], ids=["limit known", "limit in the answer"])
def test_a_long_text_goes_in_parts_and_counts_as_one(page: Page, known: bool) -> None:
    text = "One. ".ljust(300) + "Two. ".ljust(300) + "Three."
    answers = [stream(4), stream(4), stream(6)]
    options: dict[str, Any] = {}
    if known:
        options = {"limits": {"text_characters": 300, "body_bytes": 9_000}}
    else:
        answers.insert(0, refusal(413, "text_too_long", limit=300))
    log = ask(page, text, *answers, **options)
    asked = [one["body"]["text"] for one in log["sent"]][-3:]
    assert "".join(asked) == text
    starts = [text.index(one) for one in ("One", "Two", "Three")]
    assert [one["start"] for one in log["sentences"]] == starts
    assert [one["evidence"][0]["start"] for one in log["sentences"]] == starts
    assert [one["index"] for one in log["sentences"]] == [0, 1, 2]
    assert log["parts"] == [[0, 3], [1, 3], [2, 3]]
    assert log["end"]["parts"] == 3
    warnings = [(one["code"], one["sentence"]) for one in log["end"]["warnings"]]
    assert warnings == [("not_english", None), *(("long_sentence", one) for one in range(3))]


def test_a_proxy_that_names_no_limit_gets_halves(page: Page) -> None:
    text = "word " * 400
    log = ask(page, text, {"status": 413, "body": "<html>"}, stream(900), stream(900))
    assert [len(one["body"]["text"]) for one in log["sent"]] == [2_000, 1_000, 1_000]
    assert log["end"]["parts"] == 2


def test_what_is_too_long_in_the_smallest_part_is_told(page: Page) -> None:
    log = ask(page, "word " * 50, refusal(413, "body_too_large", limit=100))
    assert log["problem"]["kind"] == "too_long"


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_the_server_says(page: Page, status: int) -> None:
    busy = refusal(status, "busy", {"retry-after": "7"})
    log = ask(page, "One.", busy, busy, stream(4))
    assert log["waits"] == [7, 7]
    assert len(log["sentences"]) == 1


def test_it_does_not_wait_for_ever(page: Page) -> None:
    busy = refusal(429, "too_many_requests", {"retry-after": "7"})
    assert ask(page, "One.", busy, busy, busy, busy)["problem"]["kind"] == "too_often"
    late = refusal(429, "too_many_requests", {"retry-after": "3600"})
    problem = ask(page, "One.", late)["problem"]
    assert problem == {
        "kind": "too_often",
        "message": "The server was asked too often. Try again in 3600 seconds.",
    }


@pytest.mark.parametrize(
    ("answer", "options", "kind"),
    [
        (refusal(401, "unauthorized"), {}, "key_needed"),
        (refusal(401, "unauthorized"), {"key": "old"}, "key_unknown"),
        (refusal(422, "invalid_request"), {}, "invalid"),
        (refusal(400, "invalid_json"), {}, "invalid"),
        (refusal(503, "stopping"), {}, "busy"),
        (refusal(504, "too_slow"), {}, "busy"),
        (refusal(500, "internal_error"), {}, "broken"),
        (refusal(404, "not_found"), {}, "not_sayso"),
        ({"status": 404, "body": "<html>"}, {}, "not_sayso"),
        ({"status": 502, "body": "<html>"}, {}, "busy"),
        ({"status": 0}, {}, "unreachable"),
        ({"headers": {"content-type": "text/html"}, "body": "<html>"}, {}, "not_sayso"),
        ({"body": "no json\n"}, {}, "broke_off"),
        (stream(4, last={"error": {"code": "internal_error", "message": "m"}}), {}, "broke_off"),
    ],
)
def test_each_problem_has_its_words(
    page: Page, answer: dict[str, Any], options: dict[str, Any], kind: str
) -> None:
    problem = ask(page, "One.", answer, **options)["problem"]
    assert problem["kind"] == kind
    assert problem["message"].endswith((".", "?"))


def test_a_stream_that_breaks_off_leaves_what_it_has_said(page: Page) -> None:
    cut = stream(4, 9)
    cut["body"] = cut["body"][:-30]
    log = ask(page, "One. Two.", cut)
    assert log["problem"]["kind"] == "broke_off"
    assert len(log["sentences"]) == 2


def test_what_was_not_scored_in_time_is_asked_for_on_its_own(page: Page) -> None:
    late = stream(4, last={"error": {"code": "too_slow", "message": "late"}})
    log = ask(page, "One. Two.", late, stream(5))
    assert [one["body"]["text"] for one in log["sent"]] == ["One. Two.", " Two."]
    assert [(one["index"], one["end"]) for one in log["sentences"]] == [(0, 4), (1, 9)]
