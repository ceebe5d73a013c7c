"""Finds the input files that a command's paths name."""

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.console.messages import print_message
from sayso.documents.documents import InputKind, known_kind
from sayso.documents.streams import STDIN
from sayso.errors import InputError

BAD_ROWS = ".bad.jsonl"
"""The suffix of a file of bad rows; the rest of its name is that of the output file."""
_SUFFIXES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to score, or `-`, and its kind; `is_explicit` if its name or an option gives the
    kind, and it is not just assumed to be text.
    """

    name: str
    kind: InputKind
    is_explicit: bool = True


def find_files(paths: Sequence[str], kind: InputKind | None = None) -> list[InputFile]:
    """The files of all paths, in their order; those of a folder or a pattern sorted by name.

    Sayso's own files of bad rows are skipped, unless they are named.

    Args:
        paths: files, folders, patterns such as `news/**/*.jsonl.gz`, or `-` for standard input.
        kind: what the files contain; guessed from each name if None. Files of unknown type in a
            folder are then skipped with a message.

    Raises:
        InputError: if a folder or pattern has no files.
    """
    if paths.count(STDIN) > 1:
        raise InputError("- is given more than once, but standard input can be read only once")
    return [file for path in paths for file in _files(path, kind)]


def without_output(files: Sequence[InputFile], output: Path) -> list[InputFile]:
    """The files except the output file, which an earlier run may have written."""
    final = output.resolve()
    names = {output.name, final.name}  # so that few paths have to be resolved on the disk
    kept = []
    for file in files:
        path = Path(file.name)
        if path.name in names and path.resolve() == final:
            print_message(f"{file.name}: skipped: it is the output file")
        else:
            kept.append(file)
    return kept


def total_size(files: Sequence[InputFile]) -> int | None:
    """Bytes of all files; None if standard input is one of them."""
    if any(file.name == STDIN for file in files):
        return None
    return sum(map(size_of, files))


def size_of(file: InputFile) -> int:
    """Bytes of a file; 0 if there is no such file."""
    path = Path(file.name)
    return path.stat().st_size if file.name != STDIN and path.is_file() else 0


def _files(path: str, kind: InputKind | None) -> Iterator[InputFile]:
    if path != STDIN and Path(path).is_dir():
        yield from _files_in_folder(path, kind)
    elif path == STDIN or os.path.lexists(path) or not glob.has_magic(path):
        yield _file(path, kind)  # a missing file is an error when it is opened
    else:
        names = glob.glob(path, recursive=True)  # noqa: PTH207 - a Path takes no absolute pattern
        found = sorted(n for n in names if not n.endswith(BAD_ROWS) and not Path(n).is_dir())
        if not found:
            raise InputError(f"{path}: no file matches; expected a file, a folder or a pattern")
        yield from (_file(name, kind) for name in found)


def _file(name: str, kind: InputKind | None) -> InputFile:
    explicit = kind or known_kind(name)
    return InputFile(name, explicit or InputKind.TEXT, explicit is not None)


def _files_in_folder(folder: str, kind: InputKind | None) -> Iterator[InputFile]:
    """All files in a folder and its subfolders, except hidden ones and files of bad rows."""
    skipped: Counter[str] = Counter()
    is_empty = True
    for path in sorted(_visible_files(folder)):
        file = _file(path, kind)
        if file.is_explicit:
            is_empty = False
            yield file
        else:
            skipped[Path(path).suffix or "no suffix"] += 1
    if skipped:
        shown = ", ".join(f"{n:,} with {end}" for end, n in skipped.most_common(_SUFFIXES_SHOWN))
        print_message(f"{folder}: skipped files of unknown type: {shown}")
    if is_empty:
        raise InputError(
            f"{folder}: no file of a known type in this folder; give the type with --input"
        )


def _visible_files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and not name.endswith(BAD_ROWS):
                yield str(Path(parent, name))
