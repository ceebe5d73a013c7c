"""Sources: the files that a command's paths stand for."""

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
"""What the name of a file of bad rows has after that of the output beside which it lies."""
_SUFFIXES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to score, or `-`, and what it holds; `told` says that its name or an option told."""

    name: str
    kind: InputKind
    told: bool = True


def find_files(paths: Sequence[str], kind: InputKind | None = None) -> list[InputFile]:
    """The files of all paths, in their order; those of a folder or a pattern sorted by name.

    Sayso's own files of bad rows are left out, but where they are named.

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


def without_output(sources: Sequence[InputFile], output: Path) -> list[InputFile]:
    """The sources without the file that is written to: what an earlier run left is no input."""
    final = output.resolve()
    names = {output.name, final.name}  # tells most files apart without a look at the disk
    own = [
        one for one in sources if Path(one.name).name in names and Path(one.name).resolve() == final
    ]
    for one in own:
        print_message(f"{one.name}: left out, for it is the output")
    return [one for one in sources if one not in own]


def total_size(sources: Sequence[InputFile]) -> int | None:
    """Bytes of all files; None where standard input is among them."""
    if any(source.name == STDIN for source in sources):
        return None
    return sum(map(size_of, sources))


def size_of(source: InputFile) -> int:
    """Bytes of a file; 0 where it is none."""
    path = Path(source.name)
    return path.stat().st_size if source.name != STDIN and path.is_file() else 0


def _sources(path: str, kind: InputKind | None) -> Iterator[InputFile]:
    if path == STDIN or not (os.path.lexists(path) or glob.has_magic(path)):
        yield _source(path, kind)  # which is answered for when it is opened
    elif Path(path).is_dir():
        yield from _in_folder(path, kind)
    elif os.path.lexists(path):
        yield _source(path, kind)
    else:
        names = glob.glob(path, recursive=True)  # noqa: PTH207 - a Path takes no absolute pattern
        found = sorted(n for n in names if not n.endswith(BAD_ROWS) and not Path(n).is_dir())
        if not found:
            raise InputError(f"{path}: no file matches; expected a file, a folder or a pattern")
        yield from (_source(name, kind) for name in found)


def _source(name: str, kind: InputKind | None) -> InputFile:
    told = kind or known_kind(name)
    return InputFile(name, told or InputKind.TEXT, told is not None)


def _in_folder(folder: str, kind: InputKind | None) -> Iterator[InputFile]:
    """All files in a folder and those below it, but hidden ones and those of bad rows."""
    left_out: Counter[str] = Counter()
    empty = True
    for path in sorted(_visible_files(folder)):
        found = kind or known_kind(path)
        if found is None:
            left_out[Path(path).suffix or "no suffix"] += 1
        else:
            empty = False
            yield InputFile(path, found)
    if left_out:
        shown = ", ".join(f"{n:,} with {end}" for end, n in left_out.most_common(_SUFFIXES_SHOWN))
        print_message(f"{folder}: skipped files of unknown type: {shown}")
    if empty:
        raise InputError(
            f"{folder}: no file in this folder can be scored; say what they are: --input"
        )


def _visible_files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and not name.endswith(BAD_ROWS):
                yield str(Path(place, name))
