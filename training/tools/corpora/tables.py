"""Tables that are found by name in a copy of a repository."""

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from sayso.errors import CorpusError


def find_table(source: Path, name: str) -> Path | None:
    """The only file of this name in a folder or below it; None if there is none.

    Raises:
        CorpusError: there is no such folder, or there are several such files.
    """
    if not source.is_dir():
        raise CorpusError(f"no folder {source}; expected one that holds {name}")
    found = sorted(source.rglob(name))
    if len(found) > 1:
        raise CorpusError(f"{source}: found {name} twice, {found[0]} and {found[1]}; expected one")
    return found[0] if found else None


def read_table(
    path: Path, delimiter: str, columns: Collection[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the records of a table, each with its position, `FILE:LINE`.

    Raises:
        CorpusError: the table lacks one of the columns, a record has too many or too few fields or
            nothing in the first of the columns, or the file is no such table.
    """
    first, *_ = columns
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file, delimiter=delimiter, strict=True)
        try:
            names = table.fieldnames or []
            if missing := set(columns) - set(names):
                raise CorpusError(
                    f"{path}:1: no column {', '.join(sorted(missing))} in {', '.join(names)!r}; "
                    f"expected a table with the delimiter {delimiter!r}"
                )
            for record in table:
                where = f"{path}:{table.line_num}"
                if None in record or None in record.values():
                    raise CorpusError(f"{where}: expected {len(names)} fields, as line 1 has")
                if not record[first].strip():
                    raise CorpusError(f"{where}: {first!r} is empty; expected a sentence")
                yield where, record
        except csv.Error as error:
            # The reader has not counted the malformed line.
            raise CorpusError(f"{path}:{table.line_num + 1}: not a table: {error}") from error
        except UnicodeDecodeError as error:
            raise CorpusError(f"{path}: not UTF-8 after line {table.line_num}: {error}") from error
