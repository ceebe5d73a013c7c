"""Opens input files and standard input, decompresses them, and counts the bytes read.

Decompression is our own because xopen and fsspec go by a file's name. The first bytes are more
reliable: what a browser saves as `.gz` is often plain text, and standard input has no name.
"""

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from sayso.errors import InputError
from sayso.extras import require_extra

STDIN = "-"

_GZIP = b"\x1f\x8b"
_BZIP2 = b"BZh"
_BZIP2_DATA = (b"1AY&SY", b"\x17rE8P\x90")
"""The bytes after the compression level in a bzip2 file, the second in an empty one."""
_XZ = b"\xfd7zXZ\x00"
_ZSTD = b"\x28\xb5\x2f\xfd"
_LONGEST_MAGIC = 10


class ByteCounter:
    """Counts the bytes read from all inputs, before decompression."""

    def __init__(self) -> None:
        self.bytes = 0


@contextmanager
def open_input(source: str, counter: ByteCounter | None = None) -> Iterator[BinaryIO]:
    """Open a file, or standard input for `-`; gzip, bzip2, xz and zstd data is decompressed.

    Raises:
        InputError: if it cannot be opened or, later on, read.
    """
    if source == STDIN:
        yield _decompressed(_CountedStream(sys.stdin.buffer, counter))
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
        yield _decompressed(_CountedStream(stream, counter))


class _CountedStream(io.RawIOBase):
    """A stream whose bytes are counted; it raises `InputError` if it cannot be read."""

    def __init__(self, stream: IO[bytes], counter: ByteCounter | None) -> None:
        # `readinto1` returns what is there; `readinto` would wait until the buffer is full.
        self._readinto = getattr(stream, "readinto1", None) or cast(io.RawIOBase, stream).readinto
        self._stream = stream
        self._counter = counter

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
            raise InputError(f"reading failed: {error.strerror}") from error
        if self._counter is not None:
            self._counter.bytes += size
        return size


class _DecompressedStream(io.RawIOBase):
    """The output of a decompressor; it raises `InputError` if the data is damaged."""

    def __init__(self, read: Callable[[int], bytes], compression: str) -> None:
        self._read = read
        self._compression = compression

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._read(len(buffer))
        except InputError:
            raise
        except Exception as error:  # each library raises exceptions of its own
            raise InputError(
                f"the {self._compression} data is damaged or cut off: {error}"
            ) from error
        buffer[: len(data)] = data
        return len(data)


def _decompressed(raw: _CountedStream) -> BinaryIO:
    stream = io.BufferedReader(raw)
    magic = stream.peek(_LONGEST_MAGIC)[:_LONGEST_MAGIC]
    if magic.startswith(_GZIP):
        decompressed = _DecompressedStream(gzip.GzipFile(fileobj=stream).read, "gzip")
    elif magic.startswith(_BZIP2) and magic[4:].startswith(_BZIP2_DATA):
        decompressed = _DecompressedStream(bz2.BZ2File(stream).read, "bzip2")
    elif magic.startswith(_XZ):
        decompressed = _DecompressedStream(lzma.LZMAFile(stream).read, "xz")  # noqa: SIM115 - closed with `stream`
    elif magic.startswith(_ZSTD):
        require_extra("parquet", "reading zstd")
        import pyarrow as pa

        decompressed = _DecompressedStream(pa.CompressedInputStream(stream, "zstd").read, "zstd")
    else:
        return stream
    return io.BufferedReader(decompressed)
