from pathlib import Path

import pytest

from sayso.engine.options import Options
from sayso.errors import InputError
from sayso.linting.rules import fail_rules
from sayso.linting.settings import LintSettings, SettingsFinder

FULL = """
labels = ["hedging", "loaded_framing"]
fail_on = ["loaded_framing>0.8"]
[thresholds]
hedging = 0.6
loaded_framing = 1
[max_density]
hedging = 20
[ignore]
phrases = ["may day"]
sentences = ["0123456789ab"]
paths = ["drafts/", "*.wire.txt", "!keep.wire.txt"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "news" / "city").mkdir(parents=True)
    return tmp_path / "news"


def found(path: Path, asked: LintSettings | None = None, *, look: bool = True) -> LintSettings:
    return SettingsFinder(asked or LintSettings(), look=look).find(str(path))


def test_settings_are_found_in_parents_and_the_nearest_apply(folder: Path) -> None:
    (folder / ".sayso.toml").write_text(FULL)
    (folder / "city" / ".sayso.toml").write_text('labels = ["hedging"]')
    assert found(folder / "a.txt").options.labels == ["hedging", "loaded_framing"]
    assert found(folder / "city" / "a.txt").options.labels == ["hedging"]
    assert found(folder / "city" / "a.txt").fail_on == []


def test_all_keys_are_read(folder: Path) -> None:
    (folder / ".sayso.toml").write_text(FULL)
    settings = found(folder / "city" / "a.txt")
    assert settings.options.thresholds == {"hedging": 0.6, "loaded_framing": 1.0}
    assert [rule.text for rule in settings.fail_on] == ["loaded_framing>0.8"]
    assert settings.max_density == {"hedging": 20.0}
    assert list(settings.ignored.phrases) == ["may day"]
    assert settings.ignored.sentences == {"0123456789ab"}


def test_options_of_the_command_win(folder: Path) -> None:
    (folder / ".sayso.toml").write_text(FULL)
    rules = fail_rules(["hedging"], "--fail-on")
    asked = LintSettings(Options(["hedging"], {"hedging": 0.1}), rules, {"hedging": 3.0})
    settings = found(folder / "a.txt", asked)
    assert settings.options.labels == ["hedging"]
    assert settings.options.thresholds == {"hedging": 0.1, "loaded_framing": 1.0}
    assert settings.fail_on == rules
    assert settings.max_density == {"hedging": 3.0}


def test_settings_can_be_disabled(folder: Path) -> None:
    (folder / ".sayso.toml").write_text("nonsense")
    assert found(folder / "a.txt", look=False).fail_on == ()


def test_standard_input_has_the_settings_of_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".sayso.toml").write_text(FULL)
    monkeypatch.chdir(folder / "city")
    assert SettingsFinder(LintSettings()).find("-").max_density == {"hedging": 20.0}


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("drafts/a.txt", True),
        ("city/drafts/b/a.txt", True),
        ("city/a.wire.txt", True),
        ("keep.wire.txt", False),
        ("mydrafts/a.txt", False),
        ("../drafts/a.txt", False),
    ],
)
def test_paths_are_ignored_as_git_ignores_them(folder: Path, name: str, ignored: bool) -> None:
    (folder / ".sayso.toml").write_text(FULL)
    assert SettingsFinder(LintSettings()).ignores(str(folder / name)) is ignored


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        (
            "fail-on = []\n[ignore]\nphrase = []",
            [
                "fail-on: unknown key; did you mean fail_on",
                "ignore.phrase: unknown key; did you mean phras",
            ],
        ),
        (
            "zzz = 1",
            ["zzz: unknown key; known are thresholds, labels, fail_on, max_density, ignore"],
        ),
        (
            "[thresholds]\nhedging = 2",
            ["thresholds.hedging: Input should be less than or equal to 1"],
        ),
        (
            "[thresholds]\nhedgin = 0.2",
            ["thresholds: unknown label 'hedgin'; did you mean hedging?"],
        ),
        ('labels = ["hedgin"]', ["labels: unknown label 'hedgin'"]),
        ('fail_on = ["hedging>9"]', ["fail_on 'hedging>9'", "expected a number from 0 to 1"]),
        ("[max_density]\nhedging = -1", ["max_density hedging: invalid limit -1.0"]),
        ('[ignore]\nsentences = ["abc"]', ["invalid hash 'abc'; expected 12 digits"]),
        ("= 3", ["not valid TOML"]),
    ],
)
def test_invalid_settings_are_explained(folder: Path, text: str, complaints: list[str]) -> None:
    path = folder / ".sayso.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        found(folder / "a.txt")
    assert str(path) in str(caught.value)
    for complaint in complaints:
        assert complaint in str(caught.value)


def test_a_rule_that_could_never_be_broken_is_refused(folder: Path) -> None:
    rules = fail_rules(["hedging"], "--fail-on")
    with pytest.raises(InputError, match="rule for hedging would never be broken"):
        found(folder / "a.txt", LintSettings(Options(["loaded_framing"]), fail_on=rules))
    (folder / ".sayso.toml").write_text('labels = ["hedging"]\nmax_density = {loaded_framing = 1}')
    with pytest.raises(InputError, match="rule for loaded_framing would never be broken"):
        found(folder / "a.txt")


def test_a_command_may_select_fewer_labels_than_have_rules(folder: Path) -> None:
    (folder / ".sayso.toml").write_text('fail_on = ["hedging"]')
    assert found(folder / "a.txt", LintSettings(Options(["loaded_framing"]))).fail_on
