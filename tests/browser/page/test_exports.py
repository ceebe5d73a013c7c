"""The report as JSON, CSV and HTML, and copied as text."""

import csv
import io
import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from sayso.server.schemas import ReportAnswer
from serving.load.server import Server
from tests.browser.sayso_page import TEXT, SaysoPage


def saved(page: SaysoPage, name: str, folder: Path) -> str:
    with page.tab.expect_download() as download:
        page.tab.get_by_role("button", name=name, exact=True).click()
    assert download.value.suggested_filename == f"sayso-report.{name.lower()}"
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    expect(page.tab.locator("#export-status")).to_contain_text("Saved as")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("threshold", [None, 70], ids=["own thresholds", "chosen ones"])
def test_json_equals_the_servers_answer(
    page: SaysoPage, live_server: Server, tmp_path: Path, threshold: int | None
) -> None:
    page.read()
    if threshold:
        for label in ("Hedging", "Unverified attribution", "Loaded framing"):
            page.tab.get_by_role("slider", name=label).fill(str(threshold / 100))
    report = json.loads(saved(page, "JSON", tmp_path))
    ReportAnswer.model_validate(report)
    thresholds = report["thresholds"]
    assert not threshold or set(thresholds.values()) == {threshold / 100}
    text = TEXT.replace("\n\n", "\n")
    ours = httpx.post(
        f"{live_server.url}/v1/score",
        json={"text": text, "offset_unit": "utf16", "thresholds": thresholds},
        trust_env=False,
    ).json()
    for name in ("shares", "densities"):
        assert report["summary"].pop(name) == pytest.approx(ours["summary"].pop(name), abs=5e-3)
    assert report == ours


def test_json_without_a_label_has_none_of_it(page: SaysoPage, tmp_path: Path) -> None:
    page.read()
    page.tab.get_by_role("checkbox", name="Hedging").uncheck()
    written = saved(page, "JSON", tmp_path)
    assert "hedging" not in written
    ReportAnswer.model_validate_json(written)


def test_csv_has_a_row_for_each_mark(page: SaysoPage, tmp_path: Path) -> None:
    page.read('Officials said, "it could\nfail".\n\n=HYPERLINK("x") may be, they say.')
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV", tmp_path), newline="")))
    assert [f"“{row['words'].removeprefix(chr(39))}”" for row in rows] == page.listed()
    assert {row["label"] for row in rows} >= {"hedging", "unverified_attribution"}
    assert all(0 <= float(row["score"]) <= 1 for row in rows)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_the_html_report_needs_no_other_file(
    page: SaysoPage, chromium: BrowserContext, tmp_path: Path
) -> None:
    page.read(TEXT + " It may be <b>bold</b>.")
    written = saved(page, "HTML", tmp_path)
    assert "<script" not in written
    assert not re.search(r"\b(src|href|action)=", written)
    assert not re.search(r"https?:", written.replace("http://www.w3.org/2000/svg", ""))
    report = chromium.new_page()
    asked: list[str] = []
    report.on("request", lambda one: asked.append(one.url))
    report.goto((tmp_path / "sayso-report.html").as_uri())
    assert len(asked) == 1
    expect(report.locator("h2")).to_have_text(["The text", re.compile(r"^\d+ marks$")])
    marked = report.locator("mark").evaluate_all("(all) => all.map((one) => one.firstChild.data)")
    assert marked == _in_order(page)
    assert "be <b>bold</b>." in report.locator(".text").inner_text()
    assert report.locator("li").count() == len(page.listed())
    assert report.locator("svg").count() == 6
    looks = report.locator("mark").first.evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert looks == "rgb(220, 235, 250)"
    report.close()


def _in_order(page: SaysoPage) -> list[str]:
    return [word for words in page.listed() for word in words.strip("“”").split(" … ")]


def test_the_copied_report_has_no_link(page: SaysoPage, chromium: BrowserContext) -> None:
    chromium.grant_permissions(["clipboard-read", "clipboard-write"])
    page.read()
    page.tab.get_by_role("button", name="Copy report").click()
    expect(page.tab.locator("#export-status")).to_have_text("Copied.")
    copied = page.tab.evaluate("() => navigator.clipboard.readText()")
    assert not re.search(r"https?:|//|www\.|127\.0\.0\.1", copied)
    assert "5 sentences" in copied
    assert "Unverified attribution: 1 sentence (20 %)" in copied
    for number, words in enumerate(page.listed(), start=1):
        assert re.search(rf"^{number}\. .*{re.escape(words)}$", copied, re.MULTILINE)
