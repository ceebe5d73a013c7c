"""What docs/linting.md and the hook say is what Sayso does."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from sayso.linting.rules import fail_rules
from sayso.linting.settings import LintSettings, SettingsFinder
from tests.conftest import ROOT, Run

DOCS = (ROOT / "docs/linting.md").read_text(encoding="utf-8")
DRAFT = "# Dam\n\nThe regime’s shocking failure was reportedly known for years.\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "dam.md").write_text(DRAFT)
    return tmp_path


def test_the_hook_checks_files(run: Run, drafts: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "sayso"
    program, *args = shlex.split(hook["entry"])
    assert program == "sayso"
    (config,) = [block for block in blocks("yaml") if "hooks:" in block]
    (used,) = yaml.safe_load(config)["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert run(*args, *used["args"], "drafts/dam.md").code == 1
    assert run(*args, "drafts/dam.md") == type(run(*args, "drafts/dam.md"))(0, "", "")


def test_the_workflow_scores_and_uploads(run: Run, drafts: Path) -> None:
    (workflow,) = [yaml.safe_load(block) for block in blocks("yaml") if "jobs:" in block]
    steps = workflow["jobs"]["sayso"]["steps"]
    (command,) = [step["run"] for step in steps if step.get("run", "").startswith("sayso")]
    _, *args = shlex.split(command)
    assert run(*args).code == 1
    assert (drafts / steps[-1]["with"]["sarif_file"]).is_file()


def test_the_settings_can_be_used(drafts: Path) -> None:
    (example,) = blocks("toml")
    (drafts / ".sayso.toml").write_text(example)
    settings = SettingsFinder(LintSettings()).find("drafts/dam.md")
    assert settings.max_density == {"loaded_framing": 25}


def test_the_commands_run(run: Run, drafts: Path) -> None:
    commands = [line for line in blocks("")[0].splitlines() if line]
    assert len(commands) == 3
    for command in commands:
        _, *args = shlex.split(command.replace("drafts/*.md", "drafts/dam.md"))
        assert run(*args).code == 1


def test_the_rules_of_the_table_can_be_read() -> None:
    table = DOCS.partition("| rule |")[2].partition("\n\n")[0]
    rules = re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)
    assert len(rules) == 4
    assert fail_rules(rules, "--fail-on")
