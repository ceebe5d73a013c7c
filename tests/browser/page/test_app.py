"""The page at `/`: marks as they come, the card of a finding, the list, sliders, the summary."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from serving.load.server import Server
from tests.browser.page_scripts import utf16
from tests.browser.sayso_page import TEXT, SaysoPage

# A stream that the test writes: `push` sends lines, `finish` ends it.
_CONTROLLED_STREAM = """
() => {
  const real = fetch;
  window.fetch = (url, options) => {
    if (!String(url).endsWith("/v1/score/stream")) return real(url, options);
    const stream = new ReadableStream({ start(controller) {
      const encoder = new TextEncoder();
      window.push = (line) => controller.enqueue(encoder.encode(JSON.stringify(line) + "\\n"));
      window.finish = () => controller.close();
    } });
    const headers = { "content-type": "application/x-ndjson" };
    return Promise.resolve(new Response(stream, { headers }));
  };
}
"""


def test_marks_are_the_servers_own(page: SaysoPage, live_server: Server) -> None:
    page.read()
    shown = page.tab.locator("#article").inner_text()
    text = "\n".join(line for line in shown.split("\n") if line)
    assert text == TEXT.replace("\n\n", "\n")
    report = httpx.post(
        f"{live_server.url}/v1/score",
        json={"text": text, "offset_unit": "utf16"},
        trust_env=False,
    ).json()
    expected: dict[str, list[str]] = {}
    for sentence in report["sentences"]:
        for span in sentence["evidence"]:
            words = utf16(text, span["start"], span["end"])
            expected.setdefault(span["label"], []).append(words)
    assert len(expected) == 3
    assert page.painted() == expected
    assert page.tab.locator("#article mark, #article span").count() == 0
    assert page.tab.locator("#model").inner_text() == report["model"]


def test_marks_appear_sentence_by_sentence(page: SaysoPage) -> None:
    def sentence(index: int, start: int, end: int) -> dict[str, Any]:
        label, score = "hedging", 0.9
        evidence = {"label": label, "start": start, "end": end, "score": score, "quoted": False}
        return {
            "sentence": {
                "index": index,
                "start": start,
                "end": end,
                "scores": {label: score},
                "flags": [label],
                "evidence": [evidence],
                "kind": None,
            }
        }

    page.tab.evaluate(_CONTROLLED_STREAM)
    page.tab.locator("#text").fill("One may. Two may. Three may.")
    page.tab.locator("#mark").click()
    page.tab.wait_for_function("() => window.push")
    items = page.tab.locator("#findings li")
    for number, (start, end) in enumerate([(0, 8), (9, 17), (18, 28)], start=1):
        page.tab.evaluate("(line) => push(line)", sentence(number - 1, start, end))
        expect(items).to_have_count(number)
        assert len(page.painted()["hedging"]) == number
        assert page.tab.locator("#status").inner_text() == "Reading…"
        assert page.tab.locator("#progress").evaluate("(one) => one.value") == pytest.approx(
            end / 28
        )
    page.tab.evaluate("(line) => push(line)", {"report": {"model": "m", "warnings": []}})
    expect(page.tab.locator("#status")).to_have_text("Done: 3 marks in 3 sentences.")
    expect(page.tab.locator("#progress")).to_be_hidden()


def test_focus_in_the_list_stays_while_marks_come(page: SaysoPage) -> None:
    page.tab.evaluate(_CONTROLLED_STREAM)
    page.tab.locator("#text").fill("One may. Two may.")
    page.tab.locator("#mark").click()
    page.tab.wait_for_function("() => window.push")
    line = {
        "index": 0,
        "start": 0,
        "end": 8,
        "scores": {"hedging": 0.9},
        "evidence": [{"label": "hedging", "start": 4, "end": 7, "score": 1, "quoted": False}],
    }
    page.tab.evaluate("(line) => push({ sentence: line })", line)
    first = page.tab.locator("#findings button").first
    first.focus()
    page.tab.evaluate(
        "(line) => push({ sentence: line })", line | {"index": 1, "start": 9, "end": 17}
    )
    expect(page.tab.locator("#findings li")).to_have_count(2)
    expect(first).to_be_focused()


def test_a_click_on_a_mark_opens_its_card(page: SaysoPage) -> None:
    page.read()
    page.tab.mouse.click(*page.middle_of("unverified_attribution"))
    card = page.tab.get_by_role("dialog")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    expect(card.get_by_role("heading")).to_have_text("Unverified attribution: unnamed")
    expect(card).to_contain_text(
        "nobody identifiable vouches for: people without names or a collective that cannot be "
        "asked."
    )
    expect(card).to_contain_text(re.compile(r"0\.\d\d.*flagged from 0\.\d\d", re.DOTALL))
    assert page.painted()["focus"] == ["Officials said"]
    expect(page.tab.locator("#findings [aria-current=true]")).to_contain_text("Officials")
    card.get_by_role("link", name="What counts as unverified attribution").click()
    assert page.tab.url.endswith("#about-unverified-attribution")
    expect(page.tab.locator("#about-unverified-attribution")).to_be_in_viewport()
    expect(card).to_be_hidden()


def test_a_click_beside_all_marks_closes_the_card(page: SaysoPage) -> None:
    page.read()
    page.tab.mouse.click(*page.middle_of("hedging"))
    expect(page.tab.get_by_role("dialog")).to_be_visible()
    page.tab.get_by_text("The council meets on Monday").click(position={"x": 20, "y": 12})
    expect(page.tab.get_by_role("dialog")).to_be_hidden()
    assert "focus" not in page.painted()


def test_the_card_leads_from_finding_to_finding(page: SaysoPage) -> None:
    page.read()
    count = page.tab.locator("#findings li").count()
    page.tab.locator("#findings button").first.click()
    card = page.tab.get_by_role("dialog")
    for number in range(1, count + 1):
        expect(card).to_contain_text(f"{number} of {count}")
        words = page.listed()[number - 1].strip("“”")
        assert " … ".join(page.painted()["focus"]) == words
        following = card.get_by_role("button", name="Next →")
        assert following.is_enabled() == (number < count)
        if number < count:
            following.click()
    card.get_by_role("button", name="← Previous").click()
    expect(card).to_contain_text(f"{count - 1} of {count}")
    expect(page.tab.locator("#article")).to_be_in_viewport()


def test_the_card_names_other_labels_of_its_sentence(page: SaysoPage) -> None:
    page.read("Officials said that the dam could fail.")
    page.tab.locator("#findings button").first.click()
    card = page.tab.get_by_role("dialog")
    card.get_by_role("button", name="hedging").click()
    expect(card.get_by_role("heading")).to_have_text("Hedging")


def test_sliders_need_no_further_request(page: SaysoPage) -> None:
    page.read()
    asked = len(page.requests)
    all_of_them = page.listed()
    slider = page.tab.get_by_role("slider", name="Hedging")
    own = slider.get_attribute("aria-valuetext")
    slider.fill("0.95")
    expect(page.tab.locator(".threshold output").first).to_have_text("0.95")
    fewer = page.listed()
    assert len(fewer) < len(all_of_them)
    slider.fill("0.05")
    assert len(page.listed()) >= len(all_of_them)
    page.tab.get_by_role("checkbox", name="Hedging").uncheck()
    assert "hedging" not in page.painted()
    expect(page.tab.locator(".summary tbody tr")).to_have_count(2)
    page.tab.get_by_role("button", name="Reset to the model’s own").click()
    assert page.listed() == all_of_them
    assert slider.get_attribute("aria-valuetext") == own
    assert len(page.requests) == asked


def test_the_summary_has_counts_and_positions(page: SaysoPage) -> None:
    page.read()
    expect(page.tab.locator(".summary caption")).to_have_text(
        re.compile(r"^5 sentences, [23]\d words")
    )
    rows = page.tab.locator(".summary tbody tr")
    expect(rows).to_have_count(3)
    for label, words in page.painted().items():
        row = page.tab.locator(f'.summary tr[data-label="{label}"]')
        flagged = int(row.locator(".flagged").inner_text())
        assert 0 < flagged <= len(words)
        strip = row.get_by_role("img")
        assert re.fullmatch(
            r".*: marks at [\d, ]+ percent.*", strip.get_attribute("aria-label") or ""
        )
        assert strip.locator("line").count() == flagged + 1
    expect(page.tab.locator(".kinds")).to_have_text("Unverified attributions by kind: unnamed 1")


def test_another_text_keeps_nothing_of_the_first(page: SaysoPage) -> None:
    page.read()
    page.tab.get_by_role("button", name="Another text").click()
    expect(page.tab.locator("#text")).to_be_focused()
    page.read("The council meets on Monday.")
    assert page.painted() == {}
    assert page.listed() == []
    expect(page.tab.locator("#no-findings")).to_be_visible()


@pytest.mark.parametrize("name", ["The ferry", "The arena", "The spray"])
def test_the_examples_show_every_label(page: SaysoPage, name: str) -> None:
    page.tab.get_by_role("button", name=name).click()
    page.wait()
    assert set(page.painted()) == {"hedging", "unverified_attribution", "loaded_framing"}


def test_a_text_in_another_language_gets_the_servers_warning(page: SaysoPage) -> None:
    page.read("Der Rat tagt am Montag in der Stadthalle. Es könnte spät werden, hieß es. " * 4)
    expect(page.tab.locator("#warnings")).to_contain_text("Note:")


def test_a_long_text_is_marked_to_its_end(page: SaysoPage) -> None:
    text = " ".join(
        f"On day {day} officials said that dam {day * 7} might fail." for day in range(400)
    )
    page.read(text)
    expect(page.tab.locator("#status")).to_have_text(re.compile(r"^Done: .* in 400 sentences\.$"))
    assert len(page.listed()) > 700


def test_markup_in_a_text_stays_text(page: SaysoPage) -> None:
    text = 'It may be <img src="x" onerror="window.ran = 1"> or <script>window.ran = 1</script>.'
    page.read(f"They said so. {text}")
    assert page.tab.locator("#article img, #findings img, #finding-card script").count() == 0
    assert text in page.tab.locator("#article").inner_text()
    assert page.tab.evaluate("() => window.ran") is None


def test_a_stream_that_breaks_off_keeps_its_marks(page: SaysoPage) -> None:
    page.tab.evaluate(_CONTROLLED_STREAM)
    page.tab.locator("#text").fill("One may. Two may.")
    page.tab.locator("#mark").click()
    page.tab.wait_for_function("() => window.push")
    evidence = [{"label": "hedging", "start": 4, "end": 7, "score": 1, "quoted": False}]
    line = {"index": 0, "start": 0, "end": 8, "scores": {"hedging": 0.9}, "evidence": evidence}
    page.tab.evaluate("(line) => { push({ sentence: line }); finish(); }", line)
    expect(page.tab.get_by_role("alert")).to_contain_text("The answer broke off.")
    expect(page.tab.locator("#status")).to_have_text("Stopped: 1 mark in 1 sentence.")
    assert page.painted() == {"hedging": ["may"]}
