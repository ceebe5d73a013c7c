"""Sayso as a linter, from the command line on."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sayso.engine.report import fingerprint
from tests.conftest import Run

ARTICLE = """---
title: Dam
---

# Dam closed

🙂 Officials said the **dam** could
fail within [days](http://dam.example/may).

The regime’s shocking failure was reportedly known for years.
"""
LAST = "The regime’s shocking failure was reportedly known for years."


@pytest.fixture
def article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("dam.md")
    path.write_bytes(ARTICLE.encode())
    return path


def test_a_broken_rule_is_1_and_names_the_first_matches(run: Run, article: Path) -> None:
    outcome = run("score", article, "--format", "none", "--fail-on", "loaded_framing>0.5")
    assert (outcome.code, outcome.out) == (1, "")
    named = fingerprint(LAST)
    assert outcome.err.startswith(
        "sayso: --fail-on loaded_framing>0.5: 1 sentence\n  dam.md:10: 0."
    )
    assert f"[{named}] {LAST}\n" in outcome.err
    assert outcome.err.endswith("sayso: a rule is broken; see the messages above\n")


def test_an_unbroken_rule_is_0(run: Run, article: Path) -> None:
    outcome = run("score", article, "--format", "none", "--fail-on", "loaded_framing>=1")
    assert outcome == type(outcome)(0, "", "")


def test_the_report_is_written_even_if_a_rule_is_broken(
    run: Run, article: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    args = ["--format", "jsonl", "--output", output, "--fail-on", "hedging"]
    assert run("score", article, *args).code == 1
    assert json.loads(output.read_text())["source"] == "dam.md"


def test_only_the_first_matches_are_named(run: Run) -> None:
    text = b"It may rain tomorrow.\n" * 8
    args = ["--input", "lines", "--format", "none", "--fail-on", "hedging"]
    outcome = run("score", *args, stdin=text)
    assert outcome.code == 1
    assert "--fail-on hedging: 8 sentences\n  standard input:1: 0." in outcome.err
    assert "standard input:5:" in outcome.err
    assert "standard input:6:" not in outcome.err
    assert "\n  and 3 more\n" in outcome.err


def test_too_many_marks_are_1(run: Run, article: Path) -> None:
    outcome = run("score", article, "--format", "none", "--max-density", "hedging=20")
    assert outcome.code == 1
    assert re.search(
        r"--max-density hedging=20: 1 text\n  dam\.md: [\d.]+ marks per 1,000 words, in 19 words\n",
        outcome.err,
    )
    assert run("score", article, "--format", "none", "--max-density", "hedging=999").code == 0


def test_density_of_lines_is_that_of_the_file(run: Run) -> None:
    text = b"It may rain tomorrow.\n" + b"The town has two bridges.\n" * 1100
    args = ["score", "--input", "lines", "--format", "none"]
    assert run(*args, "--max-density", "hedging=1", stdin=text).code == 0
    assert run(*args, "--max-density", "hedging=0.1", stdin=text).code == 1


def test_a_broken_rule_is_1_though_something_could_not_be_scored_either(
    run: Run, article: Path
) -> None:
    args = ["score", article, "missing.txt", "--format", "none", "--fail-on"]
    outcome = run(*args, "hedging")
    assert outcome.code == 1
    assert "--fail-on hedging" in outcome.err
    assert "sayso: 1 of 2 could not be scored" in outcome.err
    assert outcome.err.endswith("sayso: a rule is broken; see the messages above\n")
    assert run(*args, "hedging>=1").code == 3


def test_settings_apply_and_can_be_disabled(run: Run, article: Path) -> None:
    Path(".sayso.toml").write_text('fail_on = ["hedging>0.5"]')
    assert run("score", article, "--format", "none").code == 1
    assert run("score", article, "--format", "none", "--no-settings").code == 0


def test_bad_settings_are_2_before_anything_is_scored(run: Run, article: Path) -> None:
    Path(".sayso.toml").write_text("[ignore]\nphrase = []")
    outcome = run("score", article)
    assert (outcome.code, outcome.out) == (2, "")
    assert "ignore.phrase: unknown key; did you mean phrases" in outcome.err


def test_settings_drop_marks_everywhere(run: Run, article: Path) -> None:
    Path(".sayso.toml").write_text(
        f'[ignore]\nphrases = ["could"]\nsentences = ["{fingerprint(LAST)}"]'
    )
    outcome = run("score", article, "--format", "json", "--fail-on", "hedging,loaded_framing>0.1")
    report = json.loads(outcome.out)
    assert outcome.code == 0
    assert [one["flags"] for one in report["sentences"]] == [[], ["unverified_attribution"], []]
    assert report["summary"]["flagged"]["hedging"] == 0


def test_ignored_paths_are_not_read(run: Run, article: Path) -> None:
    Path(".sayso.toml").write_text('[ignore]\npaths = ["*.md"]')
    outcome = run("score", article, "--format", "sarif", "--fail-on", "hedging")
    assert outcome.code == 0
    assert json.loads(outcome.out)["runs"][0]["artifacts"] == []
    assert "nothing to score" in outcome.err


def test_thresholds_of_settings_apply(run: Run, article: Path) -> None:
    Path(".sayso.toml").write_text("[thresholds]\nhedging = 1.0")
    report = json.loads(run("score", article, "--format", "json").out)
    assert report["thresholds"]["hedging"] == 1.0


def test_totals_of_files_with_other_settings_name_no_threshold(run: Run, article: Path) -> None:
    Path("strict").mkdir()
    Path("strict", ".sayso.toml").write_text("[thresholds]\nhedging = 0.1")
    Path("strict", "dam.md").write_bytes(article.read_bytes())
    for form in ("pretty", "html"):
        out = " ".join(run("score", article, "strict/dam.md", "--format", form).out.split())
        assert out.count("flagged from scores that differ between files") == 1
    alike = run("score", article, article).out
    assert "differ between files" not in alike


@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_offsets_of_markdown_are_those_of_the_file(run: Run, article: Path, unit: str) -> None:
    outcome = run("score", article, "--format", "json", "--offset-unit", unit)
    record = json.loads(outcome.out)
    assert record["text"] == ARTICLE
    encoded = ARTICLE.encode("utf-16-le")

    def cut(one: dict[str, Any]) -> str:
        if unit == "utf16":
            return encoded[2 * one["start"] : 2 * one["end"]].decode("utf-16-le")
        return ARTICLE[one["start"] : one["end"]]

    assert [cut(one) for one in record["sentences"]] == [
        "Dam closed",
        "🙂 Officials said the **dam** could\nfail within [days](http://dam.example/may).",
        LAST,
    ]
    assert all(cut(one) == one["text"] for one in record["sentences"])
    words = {cut(found) for one in record["sentences"] for found in one["evidence"]}
    assert "could" in words


def test_utf16_offsets_of_lines_and_texts(run: Run) -> None:
    text = "🙂 It may rain.\n".encode()
    for kind in ("lines", "text"):
        outcome = run(
            *("score", "--input", kind, "--format", "jsonl", "--offset-unit", "utf16"), stdin=text
        )
        record = json.loads(outcome.out)
        (found,) = (record if kind == "lines" else record["sentences"][0])["evidence"]
        assert (found["start"], found["end"]) == (6, 9)


def test_a_table_for_spreadsheets(run: Run, article: Path) -> None:
    outcome = run("score", article, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert len(rows) == 3
    assert "could" in rows[1]["marks"]


def test_pretty_shows_the_prose_of_markdown(run: Run, article: Path) -> None:
    outcome = run("score", article)
    assert "the dam [could]ᴴ fail within days." in outcome.out
    assert "title" not in outcome.out


@pytest.mark.parametrize(
    ("option", "value"), [("--fail-on", "hedgin>0.1"), ("--max-density", "hedging")]
)
def test_bad_rules_are_2(run: Run, article: Path, option: str, value: str) -> None:
    outcome = run("score", article, option, value)
    assert (outcome.code, outcome.out) == (2, "")
    assert option in outcome.err
