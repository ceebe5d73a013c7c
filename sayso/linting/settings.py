"""What holds for a file: the options of the command, and the settings found beside the file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.engine.options import Options
from sayso.engine.report import Sentence
from sayso.errors import InputError
from sayso.labels import LABELS
from sayso.linting.ignore import Ignored
from sayso.linting.rules import FailRule, density_limits, fail_rules
from sayso.suggestions import require_known

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from sayso.linting.settings_file import SettingsTable

SETTINGS_FILE = ".sayso.toml"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command's options ask for; what is left out is for the settings to say."""

    labels: Sequence[str] | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    fail_on: Sequence[FailRule] = ()
    max_density: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """What holds for a file.

    `max_density`: per label the most marks in 1,000 words. `folder`: where `paths` begin.
    """

    options: Options = field(default_factory=Options)
    fail_on: Sequence[FailRule] = ()
    max_density: Mapping[str, float] = field(default_factory=dict)
    ignored: Ignored = field(default_factory=Ignored)
    folder: Path = field(default_factory=Path)
    paths: Sequence[str] = ()

    def ignores(self, path: Path) -> bool:
        """Whether a file is one that nobody wants to be checked."""
        inside = path.is_relative_to(self.folder)
        return inside and self._paths.match_file(path.relative_to(self.folder).as_posix())

    def broken_by(self, sentence: Sentence, thresholds: Mapping[str, float]) -> list[FailRule]:
        """The rules that a sentence breaks, its ignored marks left out before."""
        broken = [rule for rule in self.fail_on if rule.matches(sentence, thresholds)]
        return [] if broken and self.ignored.has(sentence) else broken

    @cached_property
    def _paths(self) -> "GitIgnoreSpec":
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self.paths)


class SettingsFinder:
    """Finds what holds for a file; each file of settings is read once.

    Args:
        asked: what the command's options ask for.
        look: whether settings are looked for beside the files at all.
    """

    def __init__(self, asked: Asked, *, look: bool = True) -> None:
        self._asked = asked
        self._look = look
        self._of_folder: dict[Path, Path | None] = {}
        self._of_file: dict[Path | None, Settings] = {}

    def find(self, source: str) -> Settings:
        """What holds for a file; for standard input, in the folder the command was given in.

        Raises:
            InputError: settings that cannot be used.
        """
        folder = absolute(source).parent
        if folder not in self._of_folder:
            self._of_folder[folder] = find_settings(folder) if self._look else None
        path = self._of_folder[folder]
        if path not in self._of_file:
            self._of_file[path] = self._settings(path)
        return self._of_file[path]

    def options(self, source: str) -> Options:
        """The options that hold for a file; offsets are in code points."""
        return self.find(source).options

    def ignores(self, source: str) -> bool:
        """Whether the settings say that a file is not to be checked."""
        return self.find(source).ignores(absolute(source))

    def _settings(self, path: Path | None) -> Settings:
        asked = self._asked
        _require_asked(asked.labels, asked.fail_on, asked.max_density)
        if path is None:
            options = Options(asked.labels, asked.thresholds)
            return Settings(options, asked.fail_on, asked.max_density)
        from sayso.linting.settings_file import read_settings

        table = read_settings(path)
        try:
            rules = fail_rules(table.fail_on, "fail_on")
            limits = density_limits(table.max_density, "max_density")
            _require_labels(table)
            _require_asked(table.labels, rules, limits)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        return Settings(
            Options(asked.labels or table.labels, {**table.thresholds, **asked.thresholds}),
            asked.fail_on or rules,
            asked.max_density or limits,
            Ignored(table.ignore.phrases, frozenset(table.ignore.sentences)),
            path.parent,
            table.ignore.paths,
        )


def find_settings(folder: Path) -> Path | None:
    """The settings of a folder: its own, or those of the nearest folder above it."""
    for above in (folder, *folder.parents):
        path = above / SETTINGS_FILE
        if path.is_file():
            return path
    return None


def absolute(source: str) -> Path:
    """A file's place, links left as they are; `-` is in the folder that the command runs in."""
    return Path(os.path.abspath(source))  # noqa: PTH100 - Path.absolute keeps ".."


def _require_labels(table: "SettingsTable") -> None:
    """Check the labels that settings name.

    Raises:
        InputError: one is unknown.
    """
    for label in table.labels or ():
        require_known(label, LABELS, "labels: unknown label")
    for label in table.thresholds:
        require_known(label, LABELS, "thresholds: unknown label")


def _require_asked(
    labels: Sequence[str] | None, rules: Sequence[FailRule], limits: Mapping[str, float]
) -> None:
    """Check that no rule waits for a label that is not looked for.

    Raises:
        InputError: one does; it would never be broken.
    """
    for label in (*(rule.label for rule in rules), *limits):
        if labels and label not in labels:
            raise InputError(
                f"a rule for {label} would never be broken: the labels asked for are "
                f"{', '.join(labels)}"
            )
