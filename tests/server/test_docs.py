"""What `docs/` says is what the code has: settings, metrics, codes, routes, shapes, links."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from sayso.server import schemas
from sayso.server.app import Service
from sayso.server.compat import languagetool, perspective
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import CONFIG, Limits, ServerSettings
from tests.conftest import ROOT
from tests.server.common import asking
from tests.server.error_shapes import require_shape, require_stream
from tests.serving.test_deploy import METRICS

DOCS = ROOT / "docs"
WIRE = (DOCS / "wire.md").read_text(encoding="utf-8")
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")
PAGES = [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "serving" / "README.md"]
SERVICE = ROOT / "sayso" / "server"


def section(page: str, title: str) -> str:
    """What stands below a heading, up to the next of its kind."""
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of tables that begin with a name in backticks."""
    lines = re.findall(r"^\| `.*\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines]


def examples(kind: str, page: str) -> list[Any]:
    """The examples of a page: JSON, or lines of it."""
    found = re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [json.loads(one) for one in found] if kind == "json" else found


def shown(value: object) -> str:
    """A default as the table has it."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value in (None, "", ()):
        return ""
    return f"`{value}`" if isinstance(value, str) else str(value).removesuffix(".0")


def defaults() -> dict[str, str]:
    """Every setting's default, by its name in TOML."""
    plain = {name: field.default for name, field in ServerSettings.model_fields.items()}
    limits = plain.pop("limits")
    assert isinstance(limits, Limits)
    plain |= {f"limits.{name}": value for name, value in limits}
    return {name: shown(value) for name, value in plain.items()}


def test_the_table_of_settings_has_every_setting_and_its_default() -> None:
    config, *table = rows(section(OPERATING, "Settings"))
    assert config[0] == f"`{CONFIG}`"
    assert {name.strip("`"): default for _, name, default, _ in table} == defaults()
    for environment, name, *_ in table:
        assert environment.strip("`") == "SAYSO_" + name.strip("`").replace(".", "__").upper()


def test_the_example_of_settings_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", section(OPERATING, "Settings"), re.DOTALL)
    file = tmp_path / "sayso.toml"
    file.write_text(example, encoding="utf-8")
    monkeypatch.setenv(CONFIG, str(file))
    settings = ServerSettings()
    given = tomllib.loads(example)
    assert given.keys() == settings.model_fields_set
    assert given["limits"].keys() == settings.limits.model_fields_set


def test_the_table_of_metrics_has_every_metric_and_its_labels() -> None:
    table = {
        name.strip("`"): set(re.findall(r"`(\w+)`", labels))
        for name, _, labels, _ in rows(section(OPERATING, "Metrics"))
    }
    histograms = {name.removesuffix("_sum") for name in METRICS if name.endswith("_sum")}
    named = {name for name in METRICS if not name.startswith(tuple(histograms))} | histograms
    assert table.keys() == named
    for name, labels in table.items():
        assert labels == METRICS[name if name in METRICS else f"{name}_sum"]


def test_the_fields_of_the_log_are_those_of_the_example() -> None:
    (line,) = examples("json", section(OPERATING, "Logs"))
    named = [re.findall(r"`(\w+)`", row[0]) for row in rows(section(OPERATING, "Logs"))]
    assert set(line) == {name for one in named for name in one}


def test_the_table_of_errors_has_every_code_with_its_status() -> None:
    table = set(re.findall(r"^\| (\d{3}) \| `(\w+)`", section(WIRE, "Errors"), re.MULTILINE))
    refusals = {
        pair
        for file in SERVICE.rglob("*.py")
        for pair in re.findall(r"Refusal\(\s*(\d{3}),\s*\"(\w+)\"", file.read_text("utf-8"))
    }
    assert len(refusals) > 15
    of_the_framework = {
        ("400", "invalid_form"),
        ("404", "not_found"),
        ("405", "method_not_allowed"),
    }
    assert table == refusals | of_the_framework


def test_the_table_of_routes_is_complete(model: ReloadableModel) -> None:
    with asking(model) as client:
        assert isinstance(client.app, Service)
        routes = client.app._routes()
    table = set(re.findall(r"`(GET|POST) (/\S*)`", section(WIRE, "Routes")))
    assert table == known(routes)


def known(app: FastAPI) -> set[tuple[str, str]]:
    documented = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    apart = {"/", "/livez", "/healthz", "/readyz", "/metrics", "/openapi.json"}
    return documented | {("GET", path) for path in apart}


def test_requests_and_answers_have_the_shapes() -> None:
    (asked, answered) = examples("json", section(WIRE, "One document"))
    require_shape("score-request", asked)
    require_shape("score-answer", answered)
    (batch, results) = examples("json", section(WIRE, "A batch"))
    require_shape("batch-request", batch)
    require_shape("batch-answer", results)
    (lines,) = examples("ndjson", section(WIRE, "A stream"))
    require_stream(lines)
    (info,) = examples("json", section(WIRE, "Information about the server"))
    require_shape("info-answer", info)
    assert info["limits"] == Limits().model_dump()
    (error,) = examples("json", section(WIRE, "Errors"))
    require_shape("error-answer", error)


def test_the_commands_of_the_readme_are_answered(model: ReloadableModel) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^curl .*localhost:8000(\S+) .*\\\n.*-d '(.*)'$", readme, re.MULTILINE)
    assert [path for path, _ in commands] == ["/v1/score", "/v1/score/stream", "/v1/score/batch"]
    with asking(model) as client:
        for path, body in commands:
            assert client.post(path, json=json.loads(body)).status_code == 200


def test_the_tables_name_every_field() -> None:
    table = section(WIRE, "One document")
    named = {name for row in rows(table) for name in re.findall(r"\w+", row[0])}
    for model in (
        schemas.ScoreRequest,
        schemas.ReportAnswer,
        schemas.SentenceAnswer,
        schemas.EvidenceAnswer,
        schemas.SummaryAnswer,
        schemas.WarningAnswer,
    ):
        assert model.model_fields.keys() <= named


def test_the_names_of_foreign_formats_are_there() -> None:
    tool, foreign = section(WIRE, "LanguageTool's format"), section(WIRE, "Perspective's format")
    for name in languagetool.CheckForm.model_fields:
        assert f"`{name}`" in tool
    for label in perspective.ATTRIBUTES.values():
        assert f"`{languagetool.rule_of(label)}` | `{label}`" in tool
    for name in perspective.ATTRIBUTES:
        assert f"`{name}`" in foreign
    for name in perspective.AnalyzeRequest.model_fields:
        assert re.search(rf"`{name}[`.]", foreign)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = target.partition("#")
        if "://" in file:
            continue
        there = page.parent / file if file else page
        assert there.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in titles}
            assert heading in anchors, target
