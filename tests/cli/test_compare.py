"""`sayso compare`."""

import json
from pathlib import Path

import pytest

from sayso.labels import HEDGING
from tests.conftest import Run

BRIDGE = "The bridge may stay shut until the end of the month."
COUNCIL = "The council has failed to explain those five days."
BUSES = "Buses were sent round by the northern tunnel."


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(f"# Bridge\n\n{BRIDGE} {COUNCIL}\n\n{BUSES}\n")
    Path("b.txt").write_text(f"Bridge\n\n{BRIDGE.replace('may', 'will')} {COUNCIL}\n\n{BUSES}\n")
    return "a.md", "b.txt"


def test_pretty_shows_the_changes(run: Run, versions: tuple[str, str]) -> None:
    outcome = run("compare", *versions)
    assert (outcome.code, outcome.err) == (0, "")
    assert "\nWeaker\n\nhedging 0." in outcome.out
    assert "  − The bridge [may]ᴴ stay shut" in outcome.out
    assert "  + The bridge will stay shut" in outcome.out
    assert "Stronger" not in outcome.out


def test_json_holds_both_reports_and_all_rows(run: Run, versions: tuple[str, str]) -> None:
    outcome = run("compare", *versions, "--format", "json")
    record = json.loads(outcome.out)
    assert record["before"]["source"] == "a.md"
    assert record["versions"] is True
    assert record["labels"][HEDGING]["flagged"] == [1, 0]
    assert record["labels"][HEDGING]["difference"] < 0
    assert [row["before"] for row in record["rows"]] == [0, 1, 2, 3]
    assert record["rows"][1]["changes"][0]["direction"] == "weaker"


def test_the_suffix_of_the_output_names_the_format(
    run: Run, versions: tuple[str, str], tmp_path: Path
) -> None:
    outcome = run("compare", *versions, "--output", tmp_path / "c.html")
    assert (outcome.code, outcome.out) == (0, "")
    assert "a.md and b.txt" in (tmp_path / "c.html").read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-", "-"], "- is given twice"),
        (["a.md", "missing.txt"], "missing.txt: no such file"),
        (["a.md", "rows.jsonl"], "holds jsonl rows; expected one text"),
        (["a.md", "b.txt", "--output", "c.csv"], "nothing is written as .csv; known are .htm,"),
        (["a.md", "b.txt", "--threshold", "hedging"], "expected LABEL=NUMBER"),
    ],
)
def test_bad_usage_is_2(run: Run, versions: tuple[str, str], args: list[str], message: str) -> None:
    outcome = run("compare", *args)
    assert outcome.code == 2
    assert message in outcome.err
