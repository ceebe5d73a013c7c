"""The settings of a file: the options of the command, and the `.sayso.toml` beside the file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
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

SETTINGS_FILE = ".sayso.toml"


@dataclass(frozen=True)
class LintSettings:
    """The settings of a file, or those that are given as options of a command.

    `max_density`: per label, the most marks in 1,000 words. `folder`: where `paths` start.
    """

    options: Options = field(default_factory=Options)
    fail_on: Sequence[FailRule] = ()
    max_density: Mapping[str, float] = field(default_factory=dict)
    ignored: Ignored = field(default_factory=Ignored)
    folder: Path = field(default_factory=Path)
    paths: Sequence[str] = ()

    def ignores(self, path: Path) -> bool:
        """Whether a file is among the ignored paths."""
        inside = path.is_relative_to(self.folder)
        return inside and self._paths.match_file(path.relative_to(self.folder).as_posix())

    def broken_by(self, sentence: Sentence, thresholds: Mapping[str, float]) -> list[FailRule]:
        """The rules that a sentence breaks; its ignored marks are dropped before."""
        broken = [rule for rule in self.fail_on if rule.matches(sentence, thresholds)]
        return [] if broken and self.ignored.has(sentence) else broken

    @cached_property
    def _paths(self) -> "GitIgnoreSpec":
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self.paths)


class SettingsFinder:
    """Finds the settings of files; each `.sayso.toml` is read once.

    Args:
        given: the options of the command; what is not given comes from the file.
        look: whether to look for settings beside the files.
    """

    def __init__(self, given: LintSettings, *, look: bool = True) -> None:
        self._given = given
        self._look = look
        self._path_of = cache(find_settings)
        self._settings_of = cache(self._settings)

    def find(self, source: str) -> LintSettings:
        """The settings of a file; for standard input, those of the working directory.

        Raises:
            InputError: if the settings are invalid.
        """
        path = self._path_of(absolute(source).parent) if self._look else None
        return self._settings_of(path)

    def failing_labels(
        self, source: str, sentence: Sentence, thresholds: Mapping[str, float]
    ) -> set[str]:
        """The labels for which a sentence of a file breaks a rule."""
        return {rule.label for rule in self.find(source).broken_by(sentence, thresholds)}

    def ignores(self, source: str) -> bool:
        """Whether the settings ignore a file."""
        return self.find(source).ignores(absolute(source))

    def _settings(self, path: Path | None) -> LintSettings:
        given, options = self._given, self._given.options
        _require_reachable(options.labels, given.fail_on, given.max_density)
        if path is None:
            return given
        from sayso.linting.settings_file import read_settings

        table = read_settings(path)
        try:
            rules = fail_rules(table.fail_on, "fail_on")
            limits = density_limits(table.max_density, "max_density")
            for key, labels in ("labels", table.labels or ()), ("thresholds", table.thresholds):
                for label in labels:
                    require_known(label, LABELS, f"{key}: unknown label")
            _require_reachable(table.labels, rules, limits)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        thresholds = {**table.thresholds, **(options.thresholds or {})}
        return LintSettings(
            Options(options.labels or table.labels, thresholds),
            given.fail_on or rules,
            given.max_density or limits,
            Ignored(table.ignore.phrases, frozenset(table.ignore.sentences)),
            path.parent,
            table.ignore.paths,
        )


def find_settings(folder: Path) -> Path | None:
    """The settings of a folder: its own, or those of the nearest folder above it."""
    candidates = (above / SETTINGS_FILE for above in (folder, *folder.parents))
    return next(filter(Path.is_file, candidates), None)


def absolute(source: str) -> Path:
    """A file's absolute path, without resolving links; `-` is in the working directory."""
    return Path(os.path.abspath(source))  # noqa: PTH100 - Path.absolute keeps ".."


def _require_reachable(
    labels: Sequence[str] | None, rules: Sequence[FailRule], limits: Mapping[str, float]
) -> None:
    """Check that every rule is about a label that is scored."""
    for label in (*(rule.label for rule in rules), *limits):
        if labels and label not in labels:
            raise InputError(
                f"a rule for {label} would never be broken: only these labels are scored: "
                f"{', '.join(labels)}"
            )
