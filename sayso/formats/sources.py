"""Sources: the files that a command's paths stand for."""

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.formats.documents import InputKind, guess_kind, known_kind
from sayso.formats.inputs import STDIN
from sayso.formats.terminal import tell
from serving import InputError

_SUFFIXES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Source:
    """A file to score, or `-`, and what it holds."""

    name: str
    kind: InputKind


def find_sources(paths: Sequence[str], kind: InputKind | None = None) -> list[Source]:
    """The files of all paths, in their order; those of a folder or a pattern sorted by name.

    Args:
        paths: files, folders, patterns such as `news/**/*.jsonl.gz`, or `-` for standard input.
        kind: what the files hold; guessed from each name where None. A folder's files that do not
            tell by their name are then told and left out.

    Raises:
        InputError: there is no file to be found.
    """
    if paths.count(STDIN) > 1:
        raise InputError("- is given more than once, but standard input can be read only once")
    return [source for path in paths for source in _sources(path, kind)]


def _sources(path: str, kind: InputKind | None) -> Iterator[Source]:
    if path == STDIN or not (os.path.lexists(path) or glob.has_magic(path)):
        yield Source(path, kind or guess_kind(path))  # which is answered for when it is opened
    elif Path(path).is_dir():
        yield from _in_folder(path, kind)
    elif os.path.lexists(path):
        yield Source(path, kind or guess_kind(path))
    else:
        names = glob.glob(path, recursive=True)  # noqa: PTH207 - a Path takes no absolute pattern
        found = sorted(name for name in names if not Path(name).is_dir())
        if not found:
            raise InputError(f"{path}: no file matches; expected a file, a folder or a pattern")
        yield from (Source(name, kind or guess_kind(name)) for name in found)


def _in_folder(folder: str, kind: InputKind | None) -> Iterator[Source]:
    """All files in a folder and those below it, but hidden ones."""
    left_out: Counter[str] = Counter()
    empty = True
    for path in sorted(_visible_files(folder)):
        found = kind or known_kind(path)
        if found is None:
            left_out[Path(path).suffix or "no suffix"] += 1
        else:
            empty = False
            yield Source(path, found)
    if left_out:
        shown = ", ".join(f"{n:,} with {end}" for end, n in left_out.most_common(_SUFFIXES_SHOWN))
        tell(f"{folder}: files that do not tell by their name what they hold are left out: {shown}")
    if empty:
        raise InputError(
            f"{folder}: no file in this folder can be scored; say what they are: --input"
        )


def _visible_files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (str(Path(place, name)) for name in names if not name.startswith("."))
