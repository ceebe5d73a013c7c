"""What the operator of the service decides: from the environment, a TOML file, and defaults.

`SAYSO_WORKERS=2` in the environment, or `workers = 2` in the file that `SAYSO_CONFIG` names; a
table of the file is joined by two underscores, as in `SAYSO_LIMITS__TEXT_CHARACTERS`. The
environment wins.
"""

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

import sayso
from sayso.bundle.bundle import Bundle
from sayso.engine.runtime import CACHE_BYTES
from sayso.errors import InputError
from sayso.server.keys import Keys

PACKED_BUNDLE = Path(sayso.__file__).parents[1] / "packed_bundle"
"""Where `sayso package` puts the bundle, beside the rooms; a checkout has no such folder."""

CONFIG = "SAYSO_CONFIG"
_PREFIX = "SAYSO_"

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Words = Annotated[tuple[str, ...], NoDecode]
"""A list; in the environment its items are parted by commas."""


class Limits(BaseModel):
    """What one request may hold, and how long it may take. The longest articles that newspapers
    print have about 100,000 characters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_bytes: Positive = 1_048_576
    text_characters: Positive = 200_000
    """Of one document."""
    sentences: Positive = 2_000
    """Given as a list, of one document."""
    documents: Positive = 100
    """Of one batch."""
    seconds: Seconds = 50
    """After which a request is given up."""
    body_seconds: Seconds = 20
    """In which a body must have come."""
    queue_seconds: Seconds = 5
    """A request that would have to wait longer for its turn is refused at once."""
    requests: Positive = 256
    """Answered at the same time; more are refused at once."""


class Settings(BaseSettings):
    """All settings of the service; `from_environment` reads them."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    bundle: str | None = None
    """A folder, or the name of a shipped bundle; the shipped default where None."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that answer. Each loads the bundle, and one already uses all cores for a long text,
    so more help only where many short requests come at once."""
    cache_bytes: Annotated[int, Field(ge=0)] = CACHE_BYTES
    """What each worker keeps of sentences that it has read, without their text: one that comes
    again costs nothing."""
    limits: Limits = Limits()
    keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """`NAME:SHA256` of each key, as `sayso key` prints them; without any, everyone may ask."""
    keys_file: Path | None = None
    """The same, a line each; `#` begins a comment."""
    key_rate: str = ""
    """What one key may ask, such as `600/minute`; no limit where empty."""
    address_rate: str = ""
    """What one address may ask, with or without a key."""
    rate_storage: SecretStr = SecretStr("memory://")
    """Where rates are counted: each worker for itself, or together as in `redis://HOST:PORT`."""
    allowed_origins: Words = ()
    """Origins of web pages that may read answers (CORS); `*` for all."""
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    """Networks of the proxies whose `X-Forwarded-For` is believed."""
    metrics: Literal["on", "off"] = "on"
    metrics_port: Port | None = None
    """A port of its own for `/metrics`, which then is nowhere else."""
    metrics_host: str = "127.0.0.1"
    log_format: Literal["json", "text"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    stop_seconds: Seconds = 30
    """A stop gives requests that are being answered this time to finish."""

    @field_validator("keys", "allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
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
                raise ValueError("expected a rate of 1 or more; nobody could ask")
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
        file = TomlConfigSettingsSource(settings_cls, os.environ.get(CONFIG))
        return init_settings, env_settings, file

    @classmethod
    def from_environment(cls, **chosen: Any) -> Self:
        """The settings that the environment and the file ask for; `chosen` come before both.

        Raises:
            InputError: an unknown setting or a value that cannot be; every one is named.
        """
        names = [*cls.model_fields, *(f"limits__{name}" for name in Limits.model_fields)]
        known = {f"{_PREFIX}{name}".upper() for name in names} | {CONFIG}
        for name in os.environ:
            if name.startswith(_PREFIX) and name not in known:
                raise InputError(f"unknown setting {name}; known are {', '.join(sorted(known))}")
        file = os.environ.get(CONFIG)
        if file and not Path(file).is_file():
            raise InputError(f"{CONFIG} names {file!r}, where no file is")
        if PACKED_BUNDLE.is_dir():
            chosen = {"bundle": os.environ.get("SAYSO_BUNDLE") or str(PACKED_BUNDLE), **chosen}
        try:
            settings = cls(**chosen)
            settings.read_keys()
        except ValidationError as error:
            raise InputError(_told(error)) from error
        except (OSError, ValueError) as error:  # the file cannot be opened, or is no TOML
            raise InputError(f"the settings cannot be read: {error}") from error
        return settings

    def read_keys(self) -> Keys:
        """The keys of the environment and of the file.

        Raises:
            InputError: a line that is no key.
        """
        lines = [key.get_secret_value() for key in self.keys]
        if self.keys_file is not None:
            try:
                lines += self.keys_file.read_text(encoding="utf-8").splitlines()
            except OSError as error:
                raise InputError(f"keys_file cannot be read: {error}") from error
        return Keys.parse(lines)

    def checked_bundle(self) -> Bundle:
        """The bundle, if it is whole; only the scorer shows whether it can be used here.

        Raises:
            BundleError: it is not.
        """
        return Bundle.load(self.bundle)

    def threads(self, cores: int) -> int:
        """Cores that one worker may use for a text, so that all workers together fit."""
        return max(1, cores // self.workers)

    def shown(self) -> str:
        """The settings as TOML-like lines, secrets masked."""
        tables = self.model_dump(mode="json")
        limits = tables.pop("limits")
        flat = {**tables, **{f"limits.{name}": value for name, value in limits.items()}}
        return "\n".join(f"{name} = {_shown(value)}" for name, value in flat.items())


def _shown(value: Any) -> str:
    return '""' if value in (None, "", []) else str(value)


def _told(error: ValidationError) -> str:
    """Every setting that cannot be, without its value, which may be a secret."""
    lines = [
        f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}" for one in error.errors()
    ]
    return "settings that cannot be:\n  " + "\n  ".join(lines)
