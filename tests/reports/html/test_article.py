"""The HTML page of scored articles."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import ReportWarning, summarize
from sayso.labels import LABEL_INFO, LABELS
from sayso.reports.html.article import HtmlWriter
from tests.conftest import ROOT, Run
from tests.reports.sample_reports import report, sentence

HEDGING, ATTRIBUTION, FRAMING = LABELS
TEXT = "Dam <closed>\n\nOfficials said it could & may fail. Road shut."
ONE = sentence(
    "Officials said it could & may fail.",
    14,
    1,
    marks={ATTRIBUTION: ["Officials said it"], HEDGING: ["it could", "may"]},
    kind="unnamed",
)
REPORT = report(sentence("Dam <closed>", 0), ONE, sentence("Road shut.", 50, 2))


def written(*writes: tuple[Any, ...], title: str = "dam.txt") -> str:
    stream = io.StringIO()
    writer = HtmlWriter(stream, title)
    for name, *args in writes:
        getattr(writer, name)(*args)
    writer.close()
    return stream.getvalue()


class Checker(HTMLParser):
    """Checks that all elements are closed, nothing is loaded or run, and links have targets."""

    VOID = ("meta", "br", "wbr", "rect", "circle", "line", "polygon", "polyline")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert set(self.links) <= set(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe", "object", "base", "form")
        for name, value in attrs:
            assert name not in ("src", "style", "srcset") and not name.startswith("on")
            if name == "id":
                assert value is not None
                self.ids.append(value)
            if name == "href":
                assert value is not None
                assert value.startswith("#")
                self.links.append(value[1:])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_a_page_is_self_contained() -> None:
    page = written(("document", Document("dam.txt", TEXT), REPORT))
    Checker(page)
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "width=device-width" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_marks_have_the_class_of_their_label_and_overlap() -> None:
    page = written(("document", Document("dam.txt", TEXT), REPORT))
    assert (
        '<mark class="unverified_attribution" title="unverified attribution">Officials said</mark> '
        '<mark class="hedging" title="hedging"><mark class="unverified_attribution" '
        'title="unverified attribution">it</mark></mark> '
        '<mark class="hedging" title="hedging">could</mark> &amp; '
        '<mark class="hedging" title="hedging">may</mark> fail.'
    ) in page


def test_each_label_has_a_colour_and_an_underline_of_its_own() -> None:
    style = written()
    rules = [
        rule for label in LABELS for rule in re.findall(rf"mark\.{label} {{(.*?)}}", style)[:1]
    ]
    kinds = [re.findall(r"text-decoration-style: (\w+)", rule)[0] for rule in rules]
    assert kinds == ["solid", "dashed", "wavy"]  # as on the page and in the extension
    for label, rule in zip(LABELS, rules, strict=True):
        assert f"var(--{label}-wash)" in rule
        assert style.count(f"--{label}-wash: #") == 3  # light, dark, print


def test_findings_name_scores_kinds_and_hashes() -> None:
    page = written(("document", Document("dam.txt", TEXT), REPORT))
    assert '<span class="chip unverified_attribution">unverified attribution 0.91, unnamed' in page
    assert f"<code>{ONE.fingerprint}</code>" in page
    assert page.count("<li id=") == 1


def test_text_is_never_markup_or_control_characters() -> None:
    text = 'It </title><script>alert("may")</script> \x1b\u202e <!-- '
    one = sentence(text, marks={HEDGING: ['"may"']})
    page = written(("document", Document("<b>.txt", text), report(one)), title="</title><b>")
    Checker(page)
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_several_documents_have_names_and_a_sum() -> None:
    page = written(
        ("document", Document("a.txt", TEXT), REPORT),
        ("document", Document("rows.csv", TEXT, 7), REPORT),
        ("unreadable", Unreadable("b.txt", None, "no such file")),
        title="Sayso",
    )
    Checker(page)
    for name in ("<h2>a.txt</h2>", "<h2>rows.csv:7</h2>", "<h2>All 2 documents</h2>"):
        assert name in page
    assert "b.txt: no such file" in page


def test_totals_are_true_when_settings_differ_between_files() -> None:
    hedged = sentence("It may.", marks={HEDGING: ["may"]})
    plain = replace(report(sentence("So it is.")), thresholds={FRAMING: 0.2})
    plain = replace(plain, summary=summarize(plain.sentences, [FRAMING]))
    same = ("document", Document("a.txt", "It may."), report(hedged))
    other = ("document", Document("b.txt", "So it is."), plain)
    page = written(same, other, title="Sayso")
    assert "flagged from scores that differ between files, as their settings say" in page
    all_of_them = page.partition('id="all"')[2]
    assert '<th scope="row">hedging</th><td>1</td><td>100%</td><td>500.0</td>' in all_of_them
    assert '<th scope="row">loaded framing</th><td>0</td><td>0%</td>' in all_of_them
    assert "flagged from hedging 0.50, unverified" in written(same, same, title="Sayso")


def test_one_document_is_named_once() -> None:
    page = written(("document", Document("dam.txt", TEXT), REPORT))
    assert page.count("dam.txt") == 2  # title and heading
    assert "All" not in page


def test_lines_are_paragraphs() -> None:
    one = sentence("It may.", marks={HEDGING: ["may"]})
    page = written(
        ("lines", "a.txt", [Line(1, "It may.")], report(one)),
        ("lines", "a.txt", [Line(2, "", "not UTF-8")], report(sentence(""))),
        ("lines", "a.txt", [Line(3, "It may.")], report(one)),
    )
    Checker(page)
    assert page.count('<mark class="hedging" title="hedging">may</mark>.<sup>') == 2
    assert "a.txt:2: not UTF-8" in page
    assert "All lines" in page


def test_warnings_and_an_empty_run() -> None:
    warned = report(ONE, warnings=(ReportWarning("x", "it holds NULs"),))
    assert "it holds NULs" in written(("document", Document("a", TEXT), warned))
    Checker(written())


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


HARBOUR = ROOT / "examples/harbour.txt"
COMMANDS = {
    "score": ["score", HARBOUR, "--format", "html"],
    "compare": ["compare", HARBOUR, HARBOUR, "--format", "html"],
    "report": ["report", HARBOUR],
}


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs an installed Chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [500, 1400])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_is_rendered_as_designed(
    tmp_path: Path, run: Run, command: str, width: int, scheme: str
) -> None:
    """The page has the colours of the scheme, its marks are painted, and nothing overflows."""
    from PIL import Image, ImageColor

    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    assert run(*COMMANDS[command], "--output", page).code == 0
    Checker(page.read_text(encoding="utf-8"))
    subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--window-size={width},2400", f"--screenshot={picture}"),
            f"--blink-settings=preferredColorScheme={int(scheme == 'light')}",
            *(f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    image = Image.open(picture).convert("RGB")
    colours = {colour for _, colour in image.getcolors(1 << 24) or ()}
    assert image.size == (width, 2400)
    assert image.getpixel((2, 2)) == ((253, 252, 249) if scheme == "light" else (23, 24, 26))
    palettes = [getattr(label, scheme) for label in LABEL_INFO.values()]
    assert {ImageColor.getrgb(palette.background) for palette in palettes} <= colours
    edge = image.crop((width - 8, 0, width, 2400))
    assert len(edge.getcolors(1 << 24) or ()) == 1
