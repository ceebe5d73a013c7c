"""What the operator of the service decides, read from the environment once, when it starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from models.errors import InputError

PACKED_BUNDLE = Path(__file__).parents[2] / "packed_bundle"
"""Where `sayso package` puts the bundle, beside the rooms; a checkout has no such folder."""

BUNDLE = "SAYSO_BUNDLE"
WORKERS = "SAYSO_WORKERS"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold, and the seconds after which it is given up. The longest articles
    that newspapers print have about 100,000 characters.
    """

    body_bytes: int = 1_048_576
    text_characters: int = 200_000
    sentences: int = 2_000
    seconds: int = 50


@dataclass(frozen=True, slots=True)
class Settings:
    """`bundle`: a folder or the name of a shipped bundle, the shipped default where None.
    `workers`: processes that answer; each loads the bundle, and one already uses all cores for a
    long text, so more help only where many short requests come at once.
    """

    bundle: str | None = None
    workers: int = 1
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings that `environment` asks for; what it does not name is the default.

        Raises:
            InputError: a value that cannot be.
        """
        packed = str(PACKED_BUNDLE) if PACKED_BUNDLE.is_dir() else None
        return cls(
            bundle=environment.get(BUNDLE) or packed,
            workers=_workers(environment.get(WORKERS) or "1"),
        )

    def threads(self, cores: int) -> int:
        """Cores that one worker may use for a text, so that all workers together fit."""
        return max(1, cores // self.workers)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise InputError(f"{WORKERS} is {text[:20]!r}; expected a whole number from 1 to 64")
    return int(text)
