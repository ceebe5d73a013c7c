"""The format of `.sayso.toml`."""

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from sayso.errors import InputError
from sayso.validation import explain


def _require_hash(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{12}", value):
        raise ValueError(f"invalid hash {value!r}; expected 12 digits of 0-9a-f")
    return value


Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Hash = Annotated[str, BeforeValidator(_require_hash)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IgnoreTable(_Table):
    """`phrases`: words whose marks are dropped. `sentences`: hashes, as messages print them.
    `paths`: globs as in a .gitignore, relative to the folder of the settings.
    """

    phrases: list[Phrase] = []
    sentences: list[Hash] = []
    paths: list[Phrase] = []


class SettingsTable(_Table):
    """The whole file. Each key is the option of the same name; the command's own options win."""

    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    labels: list[str] | None = None
    fail_on: list[str] = []
    max_density: dict[str, float] = {}
    ignore: IgnoreTable = IgnoreTable()


def read_settings(path: Path) -> SettingsTable:
    """Read a file of settings.

    Raises:
        InputError: if the file cannot be read, is not TOML, or has invalid keys or values; the
            message names all of them.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML: {error}") from error
    try:
        return SettingsTable.model_validate(table)
    except ValidationError as error:
        problems = "\n".join(explain(error, SettingsTable))
        raise InputError(f"{path}: invalid settings\n{problems}") from error
