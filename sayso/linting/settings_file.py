"""The format of `.sayso.toml`."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from sayso.errors import InputError
from sayso.suggestions import nearest

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]


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
        problems = "\n".join(_explain(problem) for problem in error.errors())
        raise InputError(f"{path}: invalid settings\n{problems}") from error


def _explain(problem: ErrorDetails) -> str:
    *table, key = problem["loc"]
    place = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        known = (IgnoreTable if table == ["ignore"] else SettingsTable).model_fields
        return f"{place}: unknown key{nearest(str(key), known)}"
    if problem["loc"][:2] == ("ignore", "sentences") and problem["type"].startswith("string"):
        return f"{place}: invalid hash {problem['input']!r}; expected 12 digits of 0-9a-f"

    return f"{place}: {problem['msg']}"
