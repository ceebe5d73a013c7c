import os
import stat
from pathlib import Path

import pytest

from sayso.console.output import is_special, open_output, write_durably
from sayso.errors import InputError


def test_standard_output_is_utf8_with_plain_newlines(capfd: pytest.CaptureFixture[str]) -> None:
    with open_output(None) as stream:
        stream.write("café\n")
    assert capfd.readouterr().out == "café\n"


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old")
    with open_output(path) as stream:
        stream.write("new é\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "new é\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_keeps_the_old_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old")

    def fail() -> None:
        with open_output(path) as stream:
            stream.write("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    with open_output(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    assert is_special(Path(os.devnull))
    with open_output(Path(os.devnull)) as stream:
        stream.write("new")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    ("name", "message"), [(".", "is a folder; expected a file name"), ("a/b", "cannot be written")]
)
def test_paths_that_cannot_be_written(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message), open_output(tmp_path / name):
        pass


def test_files_and_folders_are_not_special(tmp_path: Path) -> None:
    assert not is_special(tmp_path)
    assert not is_special(tmp_path / "missing")


def test_a_durable_file_replaces_another_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"old")
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
