"""Settings come from the environment and a file; what is wrong is named, never shown."""

import os
from pathlib import Path

import pytest

from sayso.errors import InputError
from sayso.server import settings as settings_module
from sayso.server.keys import new_key
from sayso.server.settings import ServerSettings

KEY, LINE = new_key("desk")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SAYSO_")]:
        monkeypatch.delenv(name)


def configure(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    file = folder / "sayso.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("SAYSO_CONFIG", str(file))


def test_there_are_defaults() -> None:
    settings = ServerSettings.from_environment()
    assert (settings.workers, settings.limits.text_characters) == (1, 200_000)
    assert not settings.read_keys()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_WORKERS", "3")
    monkeypatch.setenv("SAYSO_LIMITS__TEXT_CHARACTERS", "77")
    monkeypatch.setenv("SAYSO_ALLOWED_ORIGINS", "https://a.example, https://b.example,")
    monkeypatch.setenv("SAYSO_TRUSTED_PROXIES", "10.0.0.0/8,::1")
    settings = ServerSettings.from_environment()
    assert (settings.workers, settings.limits.text_characters) == (3, 77)
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert [str(one) for one in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


def test_the_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = 'workers = 2\nallowed_origins = ["https://a.example"]\n'
    text += "[limits]\ntext_characters = 5\nsentences = 6\n"
    configure(monkeypatch, tmp_path, text)
    monkeypatch.setenv("SAYSO_LIMITS__SENTENCES", "7")
    settings = ServerSettings.from_environment()
    assert (settings.workers, settings.allowed_origins) == (2, ("https://a.example",))
    assert (settings.limits.text_characters, settings.limits.sentences) == (5, 7)


def test_options_override_all_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_WORKERS", "3")
    assert ServerSettings.from_environment(workers=4).workers == 4


@pytest.mark.parametrize("name", ["SAYSO_WORKER", "SAYSO_LIMITS__LENGTH", "SAYSO_LIMIT__SENTENCES"])
def test_an_unknown_setting_of_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "4711")
    with pytest.raises(InputError) as found:
        ServerSettings.from_environment()
    assert name.rpartition("__")[2].lower() in str(found.value).lower()
    assert "4711" not in str(found.value)


@pytest.mark.parametrize(
    ("text", "name"), [("worker = 4711", "worker"), ("[limits]\nlength = 4711", "limits.length")]
)
def test_an_unknown_setting_of_the_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, name: str
) -> None:
    configure(monkeypatch, tmp_path, text)
    with pytest.raises(InputError) as found:
        ServerSettings.from_environment()
    assert name in str(found.value)
    assert "4711" not in str(found.value)


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("SAYSO_WORKERS", "workers"),
        ("SAYSO_KEY_RATE", "key_rate"),
        ("SAYSO_ADDRESS_RATE", "address_rate"),
        ("SAYSO_LIMITS__SECONDS", "limits.seconds"),
        ("SAYSO_METRICS_PORT", "metrics_port"),
        ("SAYSO_LOG_LEVEL", "log_level"),
        ("SAYSO_TRUSTED_PROXIES", "trusted_proxies"),
        ("SAYSO_LIMITS__REQUESTS", "limits.requests"),
        ("SAYSO_STOP_SECONDS", "stop_seconds"),
        ("SAYSO_METRICS", "metrics"),
        ("SAYSO_LOG_FORMAT", "log_format"),
        ("SAYSO_LIMITS", "limits"),
    ],
)
def test_a_bad_value_is_named_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    monkeypatch.setenv(variable, "canary")
    with pytest.raises(InputError) as found:
        ServerSettings.from_environment()
    assert name in str(found.value)
    assert "canary" not in str(found.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SAYSO_WORKERS", "0"),
        ("SAYSO_WORKERS", "65"),
        ("SAYSO_WORKERS", "1.5"),
        ("SAYSO_WORKERS", "9" * 30),
        ("SAYSO_METRICS_PORT", "0"),
        ("SAYSO_METRICS_PORT", "65536"),
        ("SAYSO_LIMITS__TEXT_CHARACTERS", "0"),
        ("SAYSO_LIMITS__REQUESTS", "-1"),
        ("SAYSO_LIMITS__SECONDS", "-1"),
        ("SAYSO_LIMITS__SECONDS", "nan"),
        ("SAYSO_LIMITS__QUEUE_SECONDS", "-0.1"),
        ("SAYSO_STOP_SECONDS", "-1"),
        ("SAYSO_KEY_RATE", "60"),
        ("SAYSO_KEY_RATE", "60/canary"),
        ("SAYSO_ADDRESS_RATE", "-1/minute"),
        ("SAYSO_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("SAYSO_METRICS", "yes"),
    ],
)
def test_a_value_out_of_bounds_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError):
        ServerSettings.from_environment()


@pytest.mark.parametrize("rate", ["600/minute", "5 per second", "1/2minute", ""])
def test_a_rate_may_be_written_in_several_ways(monkeypatch: pytest.MonkeyPatch, rate: str) -> None:
    monkeypatch.setenv("SAYSO_KEY_RATE", rate)
    assert ServerSettings.from_environment().key_rate == rate


@pytest.mark.parametrize("name", ["SAYSO_KEYS", "SAYSO_ALLOWED_ORIGINS", "SAYSO_TRUSTED_PROXIES"])
@pytest.mark.parametrize("value", ["", " ", ",", " , "])
def test_an_empty_list_has_nothing_in_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    settings = ServerSettings.from_environment()
    assert getattr(settings, name.removeprefix("SAYSO_").lower()) == ()
    assert not settings.read_keys()


def test_every_bad_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_WORKERS", "0")
    monkeypatch.setenv("SAYSO_LIMITS__SENTENCES", "0")
    with pytest.raises(InputError, match=r"(?s)workers.*limits\.sentences|limits\.s.*workers"):
        ServerSettings.from_environment()


def test_a_bad_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_KEYS", f"{LINE},canary")
    with pytest.raises(InputError, match="key 2") as found:
        ServerSettings.from_environment()
    assert "canary" not in str(found.value)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAYSO_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(InputError, match="SAYSO_CONFIG"):
        ServerSettings.from_environment()
    monkeypatch.delenv("SAYSO_CONFIG")
    monkeypatch.setenv("SAYSO_KEYS_FILE", str(tmp_path / "none.txt"))
    with pytest.raises(InputError, match="keys_file"):
        ServerSettings.from_environment()


def test_a_file_that_is_no_toml_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure(monkeypatch, tmp_path, "workers =")
    with pytest.raises(InputError, match="cannot be read"):
        ServerSettings.from_environment()


def test_a_file_of_keys_that_is_no_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "keys.txt"
    file.write_bytes(b"\xff\xfe")
    monkeypatch.setenv("SAYSO_KEYS_FILE", str(file))
    with pytest.raises(InputError, match="cannot be read"):
        ServerSettings.from_environment()


def test_a_wrong_line_of_the_file_of_keys_is_named_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "keys.txt"
    file.write_text(f"{LINE}\ncanary\n", encoding="utf-8")
    monkeypatch.setenv("SAYSO_KEYS_FILE", str(file))
    with pytest.raises(InputError, match="key 2") as found:
        ServerSettings.from_environment()
    assert "canary" not in str(found.value)


def test_workers_get_the_checked_settings_despite_later_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "keys.txt"
    file.write_text(f"# ours\n{LINE}\n", encoding="utf-8")
    configure(monkeypatch, tmp_path, "workers = 2\n[limits]\nsentences = 6\n")
    monkeypatch.setenv("SAYSO_KEYS_FILE", str(file))
    monkeypatch.setenv("SAYSO_RATE_STORAGE", "memory://canary")
    monkeypatch.setenv("SAYSO_TRUSTED_PROXIES", "10.0.0.0/8")
    checked = ServerSettings.from_environment(bundle="fast")
    for name, value in checked.for_workers().items():
        monkeypatch.setenv(name, value)
    file.unlink()
    configure(monkeypatch, tmp_path, "no toml")
    monkeypatch.setenv("SAYSO_WORKERS", "none")
    handed_down = ServerSettings.from_environment()
    assert handed_down.read_keys().name_of(KEY) == "desk"
    assert handed_down.rate_storage == checked.rate_storage
    assert (handed_down.bundle, handed_down.workers) == ("fast", 2)
    same = {"keys": (), "keys_file": None}
    assert handed_down.model_copy(update=same) == checked.model_copy(update=same)


def test_shown_settings_are_complete() -> None:
    shown = {line.partition(" = ")[0] for line in ServerSettings().shown().splitlines()}
    limits = {f"limits.{name}" for name in settings_module.Limits.model_fields}
    assert shown == set(ServerSettings.model_fields) - {"limits"} | limits
    assert 'bundle = ""' in ServerSettings().shown().splitlines()


def test_keys_come_from_both_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other, other_line = new_key("other")
    file = tmp_path / "keys.txt"
    file.write_text(f"# ours\n{other_line}\n", encoding="utf-8")
    monkeypatch.setenv("SAYSO_KEYS", LINE)
    monkeypatch.setenv("SAYSO_KEYS_FILE", str(file))
    keys = ServerSettings.from_environment().read_keys()
    assert (keys.name_of(KEY), keys.name_of(other)) == ("desk", "other")


def test_shown_settings_have_no_secrets() -> None:
    secrets = {"keys": [LINE], "rate_storage": "memory://user:canary@host:1"}
    settings = ServerSettings.model_validate({**secrets, "workers": 2})
    shown = settings.shown()
    assert LINE.partition(":")[2] not in shown
    assert "canary" not in shown
    assert "workers = 2" in shown.splitlines()
    assert "limits.sentences = 2000" in shown.splitlines()
    assert "***" in shown


@pytest.mark.parametrize(("workers", "cores", "threads"), [(1, 8, 8), (3, 8, 2), (8, 2, 1)])
def test_workers_share_the_cores(workers: int, cores: int, threads: int) -> None:
    assert ServerSettings(workers=workers).threads(cores) == threads
