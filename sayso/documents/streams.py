"""The bytes of an input: a file or standard input, compressed or not, and how far it is read."""

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from sayso.errors import InputError
from sayso.extras import require_extra

STDIN = "-"

_GZIP = b"\x1f\x8b"
_BZIP2 = b"BZh"
_BZIP2_DATA = (b"1AY&SY", b"\x17rE8P\x90")
"""What follows the level of compression in a bzip2 file, the second where it is empty."""
_XZ = b"\xfd7zXZ\x00"
_ZSTD = b"\x28\xb5\x2f\xfd"
_LONGEST_MAGIC = 10


class Meter:
    """Counts the bytes that were read of all inputs, as they lie in their files."""

    def __init__(self) -> None:
        self.bytes = 0


@contextmanager
def open_input(source: str, meter: Meter | None = None) -> Iterator[BinaryIO]:
    """Open a file, or standard input for `-`; what is compressed comes out as it was before.

    The first bytes tell the compression (gzip, bzip2, xz or zstd), not the name: what a browser
    saves as `.gz` is often plain.

    Raises:
        InputError: it cannot be opened, or later, it cannot be read on.
    """
    if source == STDIN:
        yield _unpacked(_Metered(sys.stdin.buffer, meter))
        return
    path = Path(source)
    if path.is_dir():
        raise InputError("a folder; expected a file")
    try:
        stream = path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise InputError("no such file; expected a file, or - for standard input") from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be opened: {getattr(error, 'strerror', error)}") from error
    with stream:
        yield _unpacked(_Metered(stream, meter))


class _Metered(io.RawIOBase):
    """A stream that tells a meter, and raises `InputError` where it cannot be read."""

    def __init__(self, stream: IO[bytes], meter: Meter | None) -> None:
        # Standard input must not wait until it has filled the whole buffer.
        self._readinto = getattr(stream, "readinto1", None) or cast(io.RawIOBase, stream).readinto
        self._stream = stream
        self._meter = meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            size: int = self._readinto(buffer)
        except OSError as error:
            raise InputError(f"cannot be read on: {error.strerror}") from error
        if self._meter is not None:
            self._meter.bytes += size
        return size


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Unpacked(io.RawIOBase):
    """What comes out of a decompressor, which raises `InputError` where the data is damaged."""

    def __init__(self, stream: _Readable, form: str) -> None:
        self._stream = stream
        self._form = form

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except InputError:
            raise
        except Exception as error:  # each library raises kinds of its own
            raise InputError(f"the {self._form} data is damaged or cut off: {error}") from error
        buffer[: len(data)] = data
        return len(data)


def _unpacked(raw: _Metered) -> BinaryIO:
    stream = io.BufferedReader(raw)
    magic = stream.peek(_LONGEST_MAGIC)[:_LONGEST_MAGIC]
    if magic.startswith(_GZIP):
        unpacked = _Unpacked(gzip.GzipFile(fileobj=stream), "gzip")
    elif magic.startswith(_BZIP2) and magic[4:].startswith(_BZIP2_DATA):
        unpacked = _Unpacked(bz2.BZ2File(stream), "bzip2")
    elif magic.startswith(_XZ):
        unpacked = _Unpacked(lzma.LZMAFile(stream), "xz")  # noqa: SIM115 - `stream` is what is open
    elif magic.startswith(_ZSTD):
        require_extra("parquet", "unpacking zstd")
        import pyarrow as pa

        unpacked = _Unpacked(pa.CompressedInputStream(stream, "zstd"), "zstd")
    else:
        return stream
    return io.BufferedReader(unpacked)
