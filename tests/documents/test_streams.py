import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from sayso.documents.streams import ByteCounter, open_input
from sayso.errors import InputError

TEXT = b"".join(b"line %d of a file that goes on\n" % number for number in range(20_000))


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}
PACKED = [form for form in FORMS if form != "plain"]


@pytest.mark.parametrize("form", FORMS)
def test_compressed_files_are_read_by_lines(tmp_path: Path, form: str) -> None:
    for number, data in enumerate([TEXT, b"", b"x"]):
        path, counter = tmp_path / str(number), ByteCounter()
        path.write_bytes(FORMS[form](data))
        with open_input(str(path), counter) as stream:
            assert list(stream) == data.splitlines(keepends=True)
        assert counter.bytes == path.stat().st_size


@pytest.mark.parametrize("form", PACKED)
def test_concatenated_compressed_files(tmp_path: Path, form: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(FORMS[form](TEXT) + FORMS[form](b"more"))
    with open_input(str(path)) as stream:
        assert stream.read() == TEXT + b"more"


@pytest.mark.parametrize("form", FORMS)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    data = io.BytesIO(FORMS[form](TEXT))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data, "utf-8"))
    with open_input("-") as stream:
        assert stream.read() == TEXT


@pytest.mark.parametrize("form", PACKED)
@pytest.mark.parametrize("harm", ["cut off", "changed"])
def test_damaged_data_is_an_error(tmp_path: Path, form: str, harm: str) -> None:
    path = tmp_path / "file"
    data = bytearray(FORMS[form](TEXT))
    if harm == "changed":
        data[len(data) // 2 : len(data) // 2 + 8] = bytes(8)
    path.write_bytes(data[:-9] if harm == "cut off" else data)
    with (
        pytest.raises(InputError, match=f"the {form} data is damaged or cut off"),
        open_input(str(path)) as stream,
    ):
        for _ in stream:
            pass


def test_the_name_does_not_decide_about_compression(tmp_path: Path) -> None:
    path = tmp_path / "plain.gz"
    path.write_bytes(b"BZh is how this text begins")
    with open_input(str(path)) as stream:
        assert stream.read() == b"BZh is how this text begins"


def test_inputs_that_cannot_be_opened(tmp_path: Path) -> None:
    for name, message in [
        (str(tmp_path), "a folder; expected a file"),
        (str(tmp_path / "x"), "no such file"),
        ("a\0b", "cannot be opened"),
    ]:
        with pytest.raises(InputError, match=message), open_input(name):
            pass
