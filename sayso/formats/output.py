"""Where the data goes: standard output, or a file that is complete or not there at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from serving import InputError


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
    special = final.exists() and not final.is_file()  # /dev/null, a pipe
    draft = final if special else final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        stream = draft.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"--output {path} cannot be written: {error.strerror}") from error
    try:
        with stream:
            yield stream
        if not special:
            draft.replace(final)
    except BaseException:
        if not special:
            draft.unlink(missing_ok=True)
        raise
