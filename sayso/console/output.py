"""Output: standard output, or a file that is written completely or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, TextIO

from sayso.errors import InputError


def is_special(path: Path) -> bool:
    """Whether a path is a device or a pipe, which is never replaced by a file."""
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """A stream to write to: standard output if `path` is None.

    A file gets its name only if the block ends without an error. Until then the data is in a hidden
    file beside it, so that a kill neither leaves half a file nor loses an existing one.

    Raises:
        InputError: if the file cannot be written.
    """
    if path is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
        yield sys.stdout
        sys.stdout.flush()
        return
    if path.is_dir():
        raise InputError(f"--output {path} is a folder; expected a file name")
    final = path.resolve()  # a link stays a link
    special = is_special(final)
    temporary = final if special else _temporary(final)
    try:
        stream = temporary.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"--output {path} cannot be written: {error.strerror}") from error
    try:
        with stream:
            yield stream
            if not special:
                _flush(stream)
        if not special:
            _rename(temporary, final)
    except BaseException:
        if not special:
            temporary.unlink(missing_ok=True)
        raise


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that is complete or not there at all, also after a loss of power."""
    temporary = _temporary(path)
    with temporary.open("wb") as stream:
        stream.write(data)
        _flush(stream)
    _rename(temporary, path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _flush(stream: IO[Any]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _rename(temporary: Path, final: Path) -> None:
    temporary.replace(final)
    if os.name == "posix":  # other systems cannot open a folder
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
