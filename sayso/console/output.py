"""Where the data goes: standard output, or a file that is complete or not there at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, TextIO

from sayso.errors import InputError


def is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, which is written to and never replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """A stream to write to: standard output where `path` is None.

    A file gets its name only when the block ends well; until then the data lies in a hidden file
    beside it, so that a kill leaves neither half a file nor a lost old one.

    Raises:
        InputError: nothing can be written there.
    """
    if path is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
        yield sys.stdout
        sys.stdout.flush()
        return
    if path.is_dir():
        raise InputError(f"--output {path} is a folder; expected a file's name")
    final = path.resolve()  # a link stays a link
    special = is_special(final)
    draft = final if special else final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        stream = draft.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"--output {path} cannot be written: {error.strerror}") from error
    try:
        with stream:
            yield stream
            if not special:
                _flush(stream)
        if not special:
            _rename(draft, final)
    except BaseException:
        if not special:
            draft.unlink(missing_ok=True)
        raise


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all, and outlives a loss of power."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with draft.open("wb") as stream:
        stream.write(data)
        _flush(stream)
    _rename(draft, path)


def _flush(stream: IO[Any]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _rename(draft: Path, final: Path) -> None:
    draft.replace(final)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
