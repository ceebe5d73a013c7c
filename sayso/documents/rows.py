"""Rows of JSON Lines, CSV and Parquet files as documents.

The readers are our own because those of pandas, polars and datasets give up on a file, or guess,
at the first bad row. Here a bad row becomes an `Unreadable`, with its line and the reason, and the
rows around it are read as usual.
"""

import base64
import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sayso.documents.documents import Document, InputKind, Unreadable
from sayso.documents.json_text import json_text
from sayso.documents.lines import raw_lines
from sayso.documents.utf8 import decode, excerpt, require_utf8
from sayso.engine.text_checks import require_unicode
from sayso.errors import InputError
from sayso.extras import require_extra

LONGEST_FIELD = 2**28
"""Characters of a CSV field. A longer one begins with a quotation mark that is never closed."""
_ROWS_PER_BATCH = 256
_BUFFER_BYTES = 2**16
_NAMES_SHOWN = 12


def read_rows(
    source: str, stream: BinaryIO, kind: InputKind, column: str
) -> Iterator[Document | Unreadable]:
    """A document for each row, with the text in `column`; an `Unreadable` for each bad row.

    Raises:
        InputError: if the file has no such column, or the rest of it cannot be read.
    """
    readers = {
        InputKind.JSONL: _read_jsonl,
        InputKind.CSV: _read_csv,
        InputKind.PARQUET: _read_parquet,
    }
    for row in readers[kind](stream, column):
        try:
            yield _document(source, row, column)
        except InputError as error:
            yield Unreadable(source, row.number, str(error), _row_excerpt(row.written))


def _document(source: str, row: "_Row", column: str) -> Document:
    if isinstance(row.columns, InputError):
        raise row.columns
    text = row.columns[column]
    if not isinstance(text, str):
        found = "null" if text is None else type(text).__name__
        raise InputError(f"column {column!r} is {found}; expected a string")
    require_unicode(text, column)
    others = {name: value for name, value in row.columns.items() if name != column}
    return Document(source, text, row.number, others)


def is_row(line: bytes) -> bool:
    """Whether a line is a row of JSON Lines: an object with columns."""
    if not line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return False
    try:
        row = json.loads(decode(line))
    except (ValueError, RecursionError, InputError):
        return False
    return isinstance(row, dict) and bool(row)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's line or number and its columns, or why they cannot be read.

    `written` is the line of JSON, the fields of CSV or the columns of Parquet, if known.
    """

    number: int
    columns: dict[str, Any] | InputError
    written: bytes | Sequence[str] | Mapping[str, Any] | None


def _row_excerpt(written: bytes | Sequence[str] | Mapping[str, Any] | None) -> str | None:
    """The beginning of a row, to show what is wrong with it."""
    match written:
        case None:
            return None
        case bytes():
            return excerpt(written)
        case Mapping():
            return excerpt(json_text(written).encode())
        case _:
            line = io.StringIO()
            csv.writer(line, lineterminator="").writerow(written)
            return excerpt(line.getvalue().encode("utf-8", "surrogateescape"))


def _read_jsonl(stream: BinaryIO, column: str) -> Iterator[_Row]:
    for line in raw_lines(stream):
        if line.data.strip():
            columns: dict[str, Any] | InputError
            try:
                columns = _parse_json_row(decode(line.data, start=line.start), column)
            except InputError as error:
                columns = error
            yield _Row(line.number, columns, line.data)


def _parse_json_row(text: str, column: str) -> dict[str, Any]:
    try:
        row = _json_value(json.loads(text))
    except RecursionError as error:
        raise InputError("invalid JSON: nested too deeply") from error
    except ValueError as error:
        raise InputError(f"invalid JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f"a JSON {type(row).__name__}; expected an object with {column!r}")
    _require_column(column, list(row))
    return row


def _read_csv(stream: BinaryIO, column: str) -> Iterator[_Row]:
    csv.field_size_limit(LONGEST_FIELD)
    # Bytes that are not UTF-8 are found row by row; a strict decoder would give up on the file.
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(text)
    header = next(reader, [])
    if not header:
        raise InputError("empty; expected a first line that names the columns")
    for name in header:
        require_utf8(name, "the first line")
    _require_column(column, header)
    before = reader.line_num
    try:
        for fields in reader:
            if fields:
                yield _Row(before + 1, _parse_csv_row(header, fields), fields)
            before = reader.line_num
    except csv.Error as error:
        raise InputError(f"not valid CSV from line {before + 1} on: {error}") from error
    finally:
        text.detach()  # the caller closes the stream


def _parse_csv_row(header: Sequence[str], fields: Sequence[str]) -> dict[str, Any] | InputError:
    if len(fields) != len(header):
        return InputError(f"{len(fields)} fields; the first line names {len(header)} columns")
    try:
        for name, value in zip(header, fields, strict=True):
            require_utf8(value, f"column {name!r}")
    except InputError as error:
        return error
    return dict(zip(header, fields, strict=True))


def _read_parquet(stream: BinaryIO, column: str) -> Iterator[_Row]:
    require_extra("parquet", "reading Parquet")
    import pyarrow as pa
    import pyarrow.parquet as pq

    with TemporaryFile() as spooled:
        if not stream.seekable():  # a pipe; Parquet is read from its end
            copyfileobj(stream, spooled)
            stream = spooled
        try:
            # Without these options, whole columns of a row group are held in memory.
            file = pq.ParquetFile(stream, pre_buffer=False, buffer_size=_BUFFER_BYTES)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"cannot be read as Parquet: {_first_line(error)}") from error
        names = file.schema_arrow.names
        _require_column(column, names)
        last = 0
        for group in range(file.num_row_groups):
            number, last = last, last + file.metadata.row_group(group).num_rows
            try:
                for batch in file.iter_batches(_ROWS_PER_BATCH, row_groups=[group]):
                    for values in zip(*batch.columns, strict=True):
                        number += 1
                        columns = _parse_parquet_row(names, values)
                        known = None if isinstance(columns, InputError) else columns
                        yield _Row(number, columns, known)
            except (pa.ArrowException, OSError) as error:
                message = f"rows {number + 1} to {last} cannot be read: {_first_line(error)}"
                yield _Row(number + 1, InputError(message), None)


def _parse_parquet_row(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any] | InputError:
    try:
        return {name: _json_value(value.as_py()) for name, value in zip(names, values, strict=True)}
    except (ValueError, OverflowError) as error:  # strings that are not UTF-8, dates beyond 9999
        return InputError(f"a value cannot be read: {error}")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _require_column(column: str, names: Sequence[str]) -> None:
    if column not in names:
        shown = ", ".join(repr(name) for name in names[:_NAMES_SHOWN])
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        raise InputError(
            f"no column {column!r}; found {shown or 'none'}{more}. "
            "Name the column of the text with --text-column NAME"
        )
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(f"more than one column is named {repeated[0]!r}; rename one")


def _json_value(value: Any) -> Any:
    """The value with JSON's types only."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(name): _json_value(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_json_value(inner) for inner in value]
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else str(value)
