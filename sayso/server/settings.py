"""The operator's settings of the service: from the environment, a TOML file, and defaults.

`SAYSO_WORKERS=2` in the environment, or `workers = 2` in the file that `SAYSO_CONFIG` names; a
table of the file is joined by two underscores, as in `SAYSO_LIMITS__TEXT_CHARACTERS`. The
environment wins. The parent process checks them once and hands them down to its workers.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from limits import parse_many
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from sayso.engine.runtime import CACHE_BYTES
from sayso.errors import InputError
from sayso.server.keys import Keys
from sayso.validation import explain

CONFIG = "SAYSO_CONFIG"
CHECKED = "SAYSO_CHECKED_SETTINGS"
"""Holds, for workers, the settings that their parent has checked."""
_PREFIX = "SAYSO_"

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=1, le=65_535)]


class Limits(BaseModel):
    """Limits of one request. The longest newspaper articles have about 100,000 characters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_bytes: Positive = 1_048_576
    text_characters: Positive = 200_000
    """Of one document."""
    sentences: Positive = 2_000
    """Of one document that is given as a list of sentences."""
    documents: Positive = 100
    """Of one batch."""
    seconds: Seconds = 50
    """A request that takes longer is given up."""
    body_seconds: Seconds = 20
    """A body that takes longer to arrive is refused."""
    queue_seconds: Seconds = 5
    """A request that would wait longer is refused at once."""
    requests: Positive = 256
    """Answered at the same time by one worker; more are refused at once."""


class ServerSettings(BaseSettings):
    """All settings of the service; `from_environment` reads them."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    bundle: str | None = None
    """A folder, or the name of a shipped bundle; the shipped default where None."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that answer. Each loads the bundle, and one already uses all cores for a long text,
    so more only help with many short requests at once."""
    cache_bytes: Annotated[int, Field(ge=0)] = CACHE_BYTES
    """Memory of each worker for scores of sentences, without their text: a repeated sentence costs
    nothing."""
    limits: Limits = Limits()
    keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """`NAME:SHA256` of each key, as `sayso key` prints them; without any, everyone is admitted."""
    keys_file: Path | None = None
    """The same, a line each; `#` begins a comment."""
    key_rate: str = ""
    """Rate limit of each key, such as `600/minute`; no limit where empty."""
    address_rate: str = ""
    """Rate limit of each address, with or without a key."""
    rate_storage: SecretStr = SecretStr("memory://")
    """Where rates are counted: each worker for itself, or all in one as `valkey://HOST:PORT`."""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins of web pages that may read answers (CORS); `*` for all."""
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    """Networks of the proxies whose `X-Forwarded-For` is believed."""
    metrics: Literal["on", "off"] = "on"
    metrics_port: Port | None = None
    """A separate port for `/metrics`, which is then removed from the public one."""
    metrics_host: str = "127.0.0.1"
    log_format: Literal["json", "text"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    stop_seconds: Seconds = 30
    """Time for requests in flight to finish when the server stops."""

    @field_validator("keys", "allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [word for word in (one.strip() for one in value.split(",")) if word]
        return value

    @field_validator("key_rate", "address_rate")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        if value:
            try:
                (rate,) = parse_many(value)
            except ValueError:
                raise ValueError("expected one rate such as '60/minute'") from None
            if rate.amount == 0:
                raise ValueError("expected a rate of 1 or more; 0 would refuse every request")
        return value

    @field_validator("rate_storage")
    @classmethod
    def _is_a_storage(cls, value: SecretStr) -> SecretStr:
        try:
            storage_from_string(f"async+{value.get_secret_value()}")
        except (ConfigurationError, ValueError) as error:
            raise ValueError(
                "expected memory:// or valkey://HOST:PORT; the latter needs the package valkey"
            ) from error
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line first, then the environment, then the file."""
        if CHECKED in os.environ:
            return (init_settings,)
        file = TomlConfigSettingsSource(settings_cls, os.environ.get(CONFIG))
        return init_settings, env_settings, file

    @classmethod
    def from_environment(cls, **chosen: Any) -> Self:
        """The settings of the environment and the file; `chosen` come before both. In a worker
        they are those of its parent.

        Raises:
            InputError: for unknown settings and invalid values; every one is named.
        """
        if CHECKED in os.environ:
            return cls(**json.loads(os.environ[CHECKED]))
        names = [*cls.model_fields, *(f"limits__{name}" for name in Limits.model_fields)]
        known = {f"{_PREFIX}{name}".upper() for name in names} | {CONFIG}
        for name in os.environ:
            if name.startswith(_PREFIX) and name not in known:
                raise InputError(f"unknown setting {name}; known are {', '.join(sorted(known))}")
        file = os.environ.get(CONFIG)
        if file and not Path(file).is_file():
            raise InputError(f"{CONFIG} names {file!r}, which is not a file")
        try:
            settings = cls(**chosen)
            settings.read_keys()
        except ValidationError as error:
            problems = "\n  ".join(explain(error, cls))
            raise InputError(f"invalid settings:\n  {problems}") from error
        except (OSError, ValueError) as error:  # the file cannot be opened, or is not TOML
            raise InputError(f"the settings cannot be read: {error}") from error
        return settings

    def for_workers(self) -> dict[str, str]:
        """Environment variables with which `from_environment` gives workers these very settings,
        keys included, however late they start.
        """
        plain = self.model_dump(mode="json")
        plain |= {"keys": self._key_lines(), "keys_file": None}
        plain |= {"rate_storage": self.rate_storage.get_secret_value()}
        return {CHECKED: json.dumps(plain)}

    def read_keys(self) -> Keys:
        """The keys of the environment and of the file.

        Raises:
            InputError: if the file cannot be read, or a line is not a key.
        """
        return Keys(self._key_lines())

    def _key_lines(self) -> list[str]:
        lines = [key.get_secret_value() for key in self.keys]
        if self.keys_file is not None:
            try:
                lines += self.keys_file.read_text(encoding="utf-8").splitlines()
            except OSError as error:
                raise InputError(f"keys_file cannot be read: {error}") from error
        return lines

    def threads(self, cores: int) -> int:
        """Threads of one worker, so that all workers together fit the cores."""
        return max(1, cores // self.workers)

    def shown(self) -> str:
        """The settings as TOML-like lines, secrets masked."""
        tables = self.model_dump(mode="json")
        limits = tables.pop("limits")
        flat = {**tables, **{f"limits.{name}": value for name, value in limits.items()}}
        shown = {name: '""' if value in (None, "", []) else value for name, value in flat.items()}
        return "\n".join(f"{name} = {value}" for name, value in shown.items())
