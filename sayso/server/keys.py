"""Keys: named, hashed, compared in constant time."""

import hmac
import re
import secrets
from collections.abc import Iterable
from hashlib import sha256

from sayso.errors import InputError

_LINE = re.compile(r"([\w.-]{1,40}):([0-9a-f]{64})", re.ASCII)


class Keys:
    """The keys of a server, as SHA-256 digests, from lines `NAME:SHA256`; empty lines and comments
    after `#` are skipped.

    A fast hash is enough, because keys are long and random: there is nothing to guess.

    Raises:
        InputError: if a line has another form or a name comes twice.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._digests: dict[str, str] = {}
        for number, line in enumerate(lines, start=1):
            line = line.partition("#")[0].strip()
            if not line:
                continue
            match = _LINE.fullmatch(line)
            if match is None:
                raise InputError(
                    f"key {number} is not of the form NAME:SHA256; make one with sayso key NAME"
                )
            if match[1] in self._digests:
                raise InputError(f"two keys have the name {match[1]!r}")
            self._digests[match[1]] = match[2]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def name_of(self, key: str) -> str | None:
        """The name of a key, or None if it is unknown.

        All digests are compared, so that the time reveals nothing.
        """
        digest = _digest(key)
        found = None
        for name, known in self._digests.items():
            if hmac.compare_digest(digest, known):
                found = name
        return found


def new_key(name: str) -> tuple[str, str]:
    """A new random key, and its line for the server's settings.

    Raises:
        InputError: if the name has characters other than letters, digits, dots, dashes and
            underscores, or more than 40 of them.
    """
    key = secrets.token_urlsafe(32)
    line = f"{name}:{_digest(key)}"
    if not _LINE.fullmatch(line):
        raise InputError(
            f"invalid name {name!r}; expected up to 40 letters, digits, dots, dashes and "
            "underscores"
        )
    return key, line


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
