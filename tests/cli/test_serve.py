import os
import socket
from pathlib import Path

import pytest

from sayso.bundle.bundle import Bundle
from sayso.server.keys import new_key
from tests.conftest import Outcome, Run


@pytest.fixture(autouse=True)
def nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine counts, none is left behind, and no server is started."""
    for name in [name for name in os.environ if name.startswith("SAYSO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SAYSO_CONFIG", "")
    monkeypatch.delenv("SAYSO_CONFIG")
    monkeypatch.setattr("sayso.server.supervisor.Supervisor", None)


def check(run: Run, *args: str | Path | int) -> Outcome:
    return run("serve", "--check", "--port", "0", *args)


def test_a_check_prints_the_settings_and_the_model(run: Run) -> None:
    outcome = check(run)
    assert (outcome.code, outcome.out) == (0, "")
    lines = [line.strip() for line in outcome.err.splitlines()]
    assert "workers = 1" in lines
    assert any(line.endswith("limits.text_characters = 200000") for line in lines)
    assert lines[-1].startswith(f"sayso: {Bundle.load().model_version} ")


def test_settings_come_from_options_environment_and_file_in_this_order(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "sayso.toml"
    config.write_text('workers = 2\nlog_level = "error"\nkey_rate = "5/second"\n')
    monkeypatch.setenv("SAYSO_WORKERS", "3")
    monkeypatch.setenv("SAYSO_KEY_RATE", "6/second")
    outcome = check(run, "--config", config, "--workers", 4)
    assert outcome.code == 0
    lines = [line.strip() for line in outcome.err.splitlines()]
    assert {"workers = 4", "key_rate = 6/second", "log_level = error"} <= set(lines)


def test_the_config_file_may_be_named_by_the_environment_and_relative_to_the_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sayso.toml").write_text("workers = 2\n")
    monkeypatch.chdir(tmp_path)
    assert "workers = 2" in check(run, "--config", "sayso.toml").err
    monkeypatch.setenv("SAYSO_CONFIG", "sayso.toml")
    assert "workers = 2" in check(run).err


def test_no_secret_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _, line = new_key("desk")
    monkeypatch.setenv("SAYSO_KEYS", line)
    monkeypatch.setenv("SAYSO_RATE_STORAGE", "memory://canary")
    outcome = check(run)
    assert outcome.code == 0
    assert line.partition(":")[2] not in outcome.err
    assert "canary" not in outcome.err
    assert "***" in outcome.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SAYSO_WORKERS", "0", "workers"),
        ("SAYSO_WORKER", "1", "SAYSO_WORKER"),
        ("SAYSO_KEYS", "canary", "key 1"),
        ("SAYSO_KEYS_FILE", "/nowhere/keys", "keys_file"),
        ("SAYSO_CONFIG", "/nowhere/sayso.toml", "/nowhere/sayso.toml"),
        ("SAYSO_BUNDLE", "/nowhere/bundle", "/nowhere/bundle"),
        ("SAYSO_RATE_STORAGE", "canary://", "rate_storage"),
    ],
)
def test_invalid_settings_are_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    outcome = check(run)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert "canary" not in outcome.err
    assert "can be served" not in outcome.err


def test_a_bundle_that_was_changed_is_2(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in Bundle.load().path.iterdir():
        (broken / file.name).symlink_to(file)
    card = broken / "MODEL_CARD.md"
    card.unlink()
    card.write_text("changed")
    outcome = check(run, "--bundle", broken)
    assert outcome.code == 2
    assert "MODEL_CARD.md" in outcome.err


def test_a_port_that_is_taken_is_2(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", port)
    assert outcome.code == 2
    assert f"port {port}" in outcome.err


@pytest.mark.parametrize(
    "args",
    [["--port", "65536"], ["--port", "-1"], ["--workers", "0"], ["--workers", "65"]],
)
def test_options_out_of_bounds_are_2(run: Run, args: list[str]) -> None:
    assert run("serve", *args, "--check").code == 2


def test_an_invalid_host_is_2(run: Run) -> None:
    outcome = run("serve", "--host", "no host", "--port", "0")
    assert outcome.code == 2
    assert "no host" in outcome.err


def test_windows_users_are_referred_to_wsl(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.cli.serve.sys.platform", "win32")
    outcome = check(run)
    assert outcome.code == 2
    assert "WSL" in outcome.err


def test_a_check_does_not_change_the_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert check(run).code == 0
    assert Path.cwd() == tmp_path
    assert list(tmp_path.iterdir()) == []
